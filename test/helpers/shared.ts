import type { Browser } from "playwright-core";
import { inject } from "vitest";
import { launchBrowser } from "./browser.ts";
import { startContainer, type TestContainer } from "./container.ts";
import { eventually, PATIENCE } from "./eventually.ts";
import { freePort } from "./free-port.ts";

/** Password of the shared container's viewers. */
export const VIEWER_PASSWORD = "only-look";

/** A container of the workspace `desktop` that files use one after the other. */
export interface SharedDesktop {
  readonly container: TestContainer;
  /** Ports of this machine that lead to Kasm's ports of the same name. */
  readonly ports: Readonly<Record<(typeof PORTS)[number], number>>;
}

/** Sound, files and microphone on the ports that Kasm uses for them. */
const PORTS = [4901, 4902, 4903] as const;

// A worker runs one file at a time and keeps its modules, so each worker has one of each.
let browser: Promise<Browser> | undefined;
let desktop: Promise<SharedDesktop> | undefined;

/** The worker's headless Chromium, without the contexts of earlier files. The caller does not close it. */
export async function sharedBrowser(): Promise<Browser> {
  browser ??= launchBrowser();
  await Promise.all((await browser).contexts().map((context) => context.close()));
  return browser;
}

/**
 * The worker's container, ready and without windows. For files that change nothing that another file can see: they may
 * leave windows and files in the home, and may kill services. The tier removes it at the end.
 */
export async function sharedDesktop(): Promise<SharedDesktop> {
  return cleanDesktop().catch(() => {
    // A test that failed may have left it unusable.
    desktop = undefined;
    return cleanDesktop();
  });
}

async function cleanDesktop(): Promise<SharedDesktop> {
  desktop ??= start();
  const { container } = await desktop;
  await container.ready();
  await eventually(() => closeAllWindows(container), { timeout: PATIENCE });
  return desktop;
}

async function start(): Promise<SharedDesktop> {
  const [sound, files, microphone] = await Promise.all(PORTS.map(() => freePort()));
  const ports = { 4901: sound ?? 0, 4902: files ?? 0, 4903: microphone ?? 0 };
  const publish = PORTS.flatMap((port) => ["--publish", `127.0.0.1:${ports[port]}:${port}`]);
  const engineOptions = [...publish, "--env", `VNC_VIEW_ONLY_PW=${VIEWER_PASSWORD}`];
  return { container: await startContainer({ image: inject("image"), engineOptions }), ports };
}

/**
 * Ends the programs of all windows: a terminal that is only asked to close may ask back. Panel and backdrop are on every
 * workspace of the window manager and stay.
 */
async function closeAllWindows(container: TestContainer): Promise<void> {
  const list = `wmctrl -l -p | awk '$2 != -1 { print $3 }'`;
  await container.shell(`${list} | xargs -r kill; test -z "$(${list})"`);
}
