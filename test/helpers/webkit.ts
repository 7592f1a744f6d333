import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Builder, By, Key, Origin, until } from "selenium-webdriver";
import { canRunX, startXServer } from "../runtime/clipboard/x-server.ts";
import { eventually, PATIENCE } from "./eventually.ts";
import { freePort } from "./free-port.ts";
import type { Visitor, VisitorOptions } from "./visitor.ts";

const LIBRARIES = "/usr/lib/x86_64-linux-gnu";
const DRIVER = "/usr/bin/WebKitWebDriver";
const BROWSER = miniBrowser();

/** What WebKit needs and this machine does not have. */
export const missingForWebKit = [
  ...(BROWSER !== undefined && existsSync(DRIVER) ? [] : ["webkit2gtk-driver"]),
  ...(canRunX ? [] : ["tigervnc-standalone-server"]),
];

/**
 * Opens the client in WebKitGTK's small browser, the engine of Safari, with a microphone that beeps. It has no headless
 * mode: it gets an X server of its own.
 */
export async function openWebKit({ url, password, environment }: VisitorOptions): Promise<Visitor> {
  const display = await startXServer(() => ["-SecurityTypes", "None", "-geometry", "1600x1200"]);
  const port = await freePort();
  const server = spawn(DRIVER, [`--port=${port}`], {
    env: { ...display.environment, ...environment },
    stdio: "ignore",
  });
  const stop = async () => {
    const ended = once(server, "exit");
    server.kill();
    await ended;
    await display.stop();
  };
  const driver = await begin(port).catch(async (error) => {
    await stop();
    throw error;
  });
  const find = (selector: string) => driver.findElement(By.css(selector));
  await driver.manage().window().setRect({ x: 0, y: 0, width: 1280, height: 900 });
  await driver.get(url);
  await find("#password").sendKeys(password, Key.ENTER);
  await driver.wait(until.elementLocated(By.css("#desktop")), PATIENCE);
  return {
    evaluate: (expression) => driver.executeScript(`return ${expression}`),
    click: (selector) => find(selector).click(),
    clickAt: (x, y) => driver.actions().move({ x, y, origin: Origin.VIEWPORT }).click().perform(),
    type: (text) => driver.actions().sendKeys(text.replaceAll("\n", Key.ENTER)).perform(),
    async press(...keys) {
      const codes = keys.map((key) => (Key as unknown as Record<string, string>)[key.toUpperCase()] ?? key);
      const actions = driver.actions();
      for (const code of codes) actions.keyDown(code);
      for (const code of codes.toReversed()) actions.keyUp(code);
      await actions.perform();
    },
    choose: (selector, file) => find(selector).sendKeys(file),
    async resize(width, height) {
      await driver.manage().window().setRect({ width, height });
    },
    reload: () => driver.navigate().refresh(),
    async screenshot({ path } = {}) {
      const picture = Buffer.from(await driver.takeScreenshot(), "base64");
      if (path !== undefined) writeFileSync(path, picture);
      return picture;
    },
    async close() {
      await driver.quit();
      await stop();
    },
  };
}

/** Waits until the driver answers and starts a browser. */
function begin(port: number) {
  const args = ["--automation", "--enable-mock-capture-devices=true", "--enable-media-stream=true"];
  const builder = new Builder().usingServer(`http://127.0.0.1:${port}`).withCapabilities({
    browserName: "MiniBrowser",
    acceptInsecureCerts: true,
    "webkitgtk:browserOptions": { binary: BROWSER, args },
  });
  return eventually(() => builder.build());
}

function miniBrowser(): string | undefined {
  const folders = existsSync(LIBRARIES) ? readdirSync(LIBRARIES) : [];
  const paths = folders.map((folder) => join(LIBRARIES, folder, "MiniBrowser"));
  return paths.find((path) => path.includes("/webkit") && existsSync(path));
}
