import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { chromium } from "playwright-core";
import { CHROMIUM } from "../helpers/chromium.ts";
import { openPanel } from "../helpers/panel.ts";
import { signIn } from "../helpers/sign-in.ts";
import { toWebp, WIDTH } from "../helpers/to-webp.ts";

/**
 * Takes the picture of README.md, docs/desktop.webp, and that of the registry's page, from the page of a running desktop
 * with an empty home:
 *
 *     ./kasmix up desktop && node --import tsx test/docs/take-picture.ts
 *
 * The first argument names another container. Look at the picture before committing it.
 */
const container = process.argv[2] ?? "kasmix-desktop";
const PICTURE = new URL("../../docs/desktop.webp", import.meta.url);
const SMALL = new URL("../../registry/pictures/desktop.webp", import.meta.url);
const SIZE = { width: 1200, height: 750 };

/** Where each window goes: left, top, width, height. */
const WINDOWS = {
  Firefox: "390,20,780,560",
  Thunar: "340,150,520,300",
  Terminal: "460,400,690,270",
} as const;

const browser = await chromium.launch(CHROMIUM);
try {
  await takePicture();
} finally {
  await browser.close();
}

async function takePicture(): Promise<void> {
  const [port] = /\d+$/m.exec(engine("port", container, "6901")) ?? [];
  const password = run("printenv", "VNC_PW");
  const page = await browser.newPage({
    viewport: SIZE,
    ignoreHTTPSErrors: true,
  });
  await page.goto(`https://localhost:${port}/`);
  await signIn(page, password);
  await page.locator("html[data-state=connected]").waitFor({ state: "attached" });
  await openWindows();
  await page.keyboard.type("kasmixctl status\n", { delay: 50 });
  await sleep(3000);
  await openPanel(page);
  await sleep(1000);
  const shot = await page.screenshot();
  writeFileSync(PICTURE, await toWebp(browser, shot));
  writeFileSync(SMALL, await toWebp(browser, shot, WIDTH));
}

/** Files, Firefox and a terminal, in this order, so that the terminal has the keyboard. */
async function openWindows(): Promise<void> {
  const open = async (app: string, title: keyof typeof WINDOWS) => {
    run("kasmixctl", "launch", app);
    while (!windows().includes(title)) await sleep(500);
    await sleep(2000);
    run("wmctrl", "-r", title, "-b", "remove,maximized_vert,maximized_horz");
    run("wmctrl", "-r", title, "-e", `0,${WINDOWS[title]}`);
  };
  await open("firefox", "Firefox");
  await open("files", "Thunar");
  await open("terminal", "Terminal");
  await sleep(1000);
}

function windows(): string {
  return run("wmctrl", "-l");
}

/** Runs a command in the container. */
function run(...command: readonly string[]): string {
  return engine("exec", "--env", "DISPLAY=:1", container, ...command);
}

function engine(...args: readonly string[]): string {
  return execFileSync("docker", args, { encoding: "utf8" }).trim();
}
