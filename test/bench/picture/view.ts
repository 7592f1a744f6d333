import { KasmixError } from "../../../src/model/error.ts";
import { connectX } from "../../../src/runtime/x11/connect.ts";
import { getGeometry } from "../../../src/runtime/x11/requests.ts";
import { persist } from "../container.ts";
import type { Context } from "../context.ts";
import { type Browser, openBrowser } from "./browser.ts";
import type { Painter } from "./content/painter.ts";
import type { Content } from "./contents.ts";
import { type Counter, countPictures } from "./count.ts";
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
export async function openView(
  { context, glass, painter }: Bench,
  subject: Subject,
  content: Content,
): Promise<View> {
  const { width, height } = content;
  const opened = await subject.open(content);
  const visit = { url: opened.url, user: "kasm_user", password: opened.crowd.password, width, height };
  const browser = await openBrowser(context, glass, visit);
  const x = await connectX(opened.place.socket, opened.place.cookie);
  const requireSize = async () => {
    const geometry = await x.ask(getGeometry(x.root));
    const size = [geometry.readUInt16LE(16), geometry.readUInt16LE(18)];
    if (size[0] !== width || size[1] !== height) {
      throw new KasmixError(
        "E_NOT_READY",
        `the desktop of ${subject.name} is ${size.join("x")}, not ${width}x${height}`,
      );
    }
  };
  await persist(requireSize, context.signal);
  await painter.show(opened.place, content);
  // Clients have buttons that go with the first click. The pointer then stays where nothing is compared.
  glass.point(width - 24, height - 24);
  glass.click();
  const counter = countPictures(glass);
  const whole = { x: 0, y: 0, width, height };
  return {
    ...{ content, opened, browser, counter },
    readDesktop: () => readArea(x, whole),
    readGlass: () => glass.read(whole),
    async close() {
      counter.stop();
      x.close();
      await painter.end();
      await browser.close();
      await opened.close();
    },
  };
}
