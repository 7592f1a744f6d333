import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { browserArguments } from "../../../../src/runtime/launcher/egress/browser-arguments.ts";
import { CHROMIUM } from "../../../helpers/chromium.ts";
import { eventually, PATIENCE } from "../../../helpers/eventually.ts";

/** Why the tests with a browser are skipped here, if they are. */
export const noBrowser = existsSync(CHROMIUM.executablePath)
  ? ""
  : `: skipped, there is no ${CHROMIUM.executablePath}`;

/** A browser as in a container: all connections through the proxy, DevTools on loopback. */
export interface ProxiedBrowser {
  readonly cdpPort: number;
  /** Its first page. */
  page(): Promise<Page>;
  close(): Promise<void>;
}

/** Starts headless Chromium with a profile of its own. */
export async function openBrowser(proxyPort: number): Promise<ProxiedBrowser> {
  const profile = mkdtempSync(join(tmpdir(), "kasmix-browser-"));
  const child = spawn(
    CHROMIUM.executablePath,
    [
      ...CHROMIUM.args,
      "--headless=new",
      `--user-data-dir=${profile}`,
      "--remote-debugging-port=0",
      "--remote-allow-origins=http://127.0.0.1",
      ...browserArguments(proxyPort),
      "about:blank",
    ],
    { stdio: "ignore" },
  );
  const exit = once(child, "exit");
  const readPort = () => {
    const port = Number(readFileSync(join(profile, "DevToolsActivePort"), "utf8").split("\n")[0]);
    // The file exists before its content.
    if (!port) throw new Error("the browser has not told its port yet");
    return port;
  };
  const cdpPort = await eventually(readPort, { timeout: PATIENCE }).catch((error) => {
    child.kill();
    throw error;
  });
  let driver: Browser | undefined;
  return {
    cdpPort,
    async page() {
      driver ??= await chromium.connectOverCDP(`http://127.0.0.1:${cdpPort}`);
      const page = driver.contexts()[0]?.pages()[0];
      if (!page) throw new Error("the browser has no page");
      return page;
    },
    async close() {
      await driver?.close();
      child.kill();
      await exit;
      // Its children may still be writing.
      await eventually(() => rmSync(profile, { recursive: true, force: true }), { timeout: PATIENCE });
    },
  };
}
