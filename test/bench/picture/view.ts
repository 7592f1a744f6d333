import { connectX, type XConnection } from "../../../src/runtime/x11/connect.ts";
import { getGeometry } from "../../../src/runtime/x11/requests.ts";
import { persist } from "../container.ts";
import type { Context } from "../context.ts";
import { type Browser, openBrowser } from "./browser.ts";
import type { Painter } from "./content/painter.ts";
import type { Content } from "./contents.ts";
import { type Counter, countPictures } from "./count.ts";
import { type End, openParts } from "./ends.ts";
import { type Glass, readArea } from "./glass.ts";
import type { Raster } from "./raster.ts";
import type { Opened, Subject } from "./subjects/subject.ts";

/** What measures on this machine. */
export interface Bench {
  readonly context: Context;
  readonly glass: Glass;
  readonly painter: Painter;
}

/** A content that somebody looks at. */
export interface View {
  readonly content: Content;
  readonly opened: Opened;
  readonly browser: Browser;
  readonly counter: Counter;
  /** The desktop as its X server has it. */
  readDesktop(): Promise<Raster>;
  /** What the browser shows. */
  readGlass(): Promise<Raster>;
  close(): Promise<void>;
}

/** Has a subject show a content to a browser. Throws E_NOT_READY when the desktop does not get the size of the window. */
export function openView(bench: Bench, subject: Subject, content: Content): Promise<View> {
  return openParts((atEnd) => openEach(bench, subject, content, atEnd));
}

async function openEach(
  { context, glass, painter }: Bench,
  subject: Subject,
  content: Content,
  atEnd: (end: End) => void,
): Promise<Omit<View, "close">> {
  const { width, height } = content;
  const opened = await subject.open(content);
  atEnd(opened.close);
  const visit = { url: opened.url, user: "kasm_user", password: opened.crowd.password, width, height };
  const browser = await openBrowser(context, glass, visit);
  atEnd(browser.close);
  const x = await connectX(opened.place.socket, opened.place.cookie);
  atEnd(x.close);
  await persist(() => requireSize(x, content), context.signal);
  await painter.show(opened.place, content);
  atEnd(painter.end);
  // Clients have buttons that go with the first click. The pointer then stays where nothing is compared.
  glass.point(width - 24, height - 24);
  glass.click();
  const counter = countPictures(glass);
  atEnd(counter.stop);
  const whole = { x: 0, y: 0, width, height };
  const [readDesktop, readGlass] = [() => readArea(x, whole), () => glass.read(whole)];
  return { content, opened, browser, counter, readDesktop, readGlass };
}

/** Throws until the desktop has the size of the content. */
async function requireSize(x: XConnection, { width, height }: Content): Promise<void> {
  const geometry = await x.ask(getGeometry(x.root));
  const [wide, high] = [geometry.readUInt16LE(16), geometry.readUInt16LE(18)];
  if (wide !== width || high !== height) throw new Error(`the desktop has ${wide}x${high} pixels`);
}
