import { createHash } from "node:crypto";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from "vitest";
import { painted, type Visit, visit } from "../helpers/browser.ts";
import { startContainer, type TestContainer } from "../helpers/container.ts";
import { eventually, PATIENCE } from "../helpers/eventually.ts";
import { openPanel } from "../helpers/panel.ts";
import { decodePng, type Picture } from "../helpers/picture.ts";
import { sharedBrowser, sharedDesktop } from "../helpers/shared.ts";
import { noisePng } from "../runtime/clipboard/x-server.ts";

const both = { permissions: ["clipboard-read", "clipboard-write"] };

describe("pictures and HTML of the clipboard", () => {
  let browser: Browser;
  let container: TestContainer;

  beforeAll(async () => {
    [browser, { container }] = await Promise.all([sharedBrowser(), sharedDesktop()]);
  });

  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
  });

  /** A visit with the desktop in sight and the side channel open. */
  async function open(options = {}): Promise<Visit> {
    const arrived = await visit(browser, container.url, container.settings.password, options);
    await painted(arrived.page);
    await openPanel(arrived.page, "clipboard");
    await arrived.page.getByRole("button", { name: "Send a picture…" }).waitFor();
    return arrived;
  }

  const eventuallyIs = (read: () => Promise<unknown>, expected: unknown) =>
    eventually(async () => expect(await read()).toEqual(expected), { timeout: PATIENCE });
  const desktopDigest = async () =>
    (await container.shell("xclip -selection clipboard -o -t image/png | sha256sum")).split(" ")[0];
  const desktopHtml = () => container.shell("xclip -selection clipboard -o -t text/html");
  const desktopPicture = async () => {
    const text = await container.shell("xclip -selection clipboard -o -t image/png | base64 -w 0");
    return decodePng(Buffer.from(text, "base64"));
  };
  async function copyOnDesktop(data: Buffer, type: string): Promise<void> {
    // In pieces: the kernel takes no argument of more than 128 KiB.
    await container.shell("rm -f /tmp/copied");
    const text = data.toString("base64");
    for (let at = 0; at < text.length; at += 96_000)
      await container.shell(`printf %s "$1" | base64 -d >> /tmp/copied`, text.slice(at, at + 96_000));
    await container.shell(`xclip -selection clipboard -i -t "$1" /tmp/copied >/dev/null 2>&1`, type);
  }
  const digest = (data: Buffer) => createHash("sha256").update(data).digest("hex");
  const copyHere = (page: Page, data: Buffer) =>
    page.evaluate(`navigator.clipboard.write([new ClipboardItem({ "image/png": new Blob(
      [Uint8Array.from(atob("${data.toString("base64")}"), (c) => c.charCodeAt(0))], { type: "image/png" }) })])`);

  test("the panel takes a PNG to the desktop and back byte by byte, in any browser", async () => {
    const { page, complaints } = await open();
    const picture = noisePng(300);
    const file = { name: "noise.png", mimeType: "image/png", buffer: picture };
    await page.locator("#clipboard-file").setInputFiles(file);
    await eventuallyIs(desktopDigest, digest(picture));
    const other = noisePng(310);
    await copyOnDesktop(other, "image/png");
    const link = page.locator("#clipboard-save");
    await link.waitFor({ timeout: PATIENCE });
    const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
    const chunks: Buffer[] = [];
    for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer);
    expect(digest(Buffer.concat(chunks))).toBe(digest(other));
    expect(complaints).toEqual([]);
  });

  test("with the permission both clipboards have the same picture, pixel by pixel", async () => {
    const { page } = await open(both);
    await page.bringToFront();
    const picture = noisePng(60);
    await copyHere(page, picture);
    await page.evaluate(`window.dispatchEvent(new Event("focus"))`);
    await eventually(
      async () => expect(pixelsOf(await desktopPicture())).toEqual(pixelsOf(decodePng(picture))),
      { timeout: PATIENCE },
    );
    const other = noisePng(61);
    await copyOnDesktop(other, "image/png");
    const here = () =>
      page.evaluate<string>(`navigator.clipboard.read()
        .then(([item]) => item.getType("image/png"))
        .then((blob) => blob.arrayBuffer())
        .then((bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))))`);
    await eventually(
      async () =>
        expect(pixelsOf(decodePng(Buffer.from(await here(), "base64")))).toEqual(pixelsOf(decodePng(other))),
      { timeout: PATIENCE },
    );
    // The browser encodes the PNG again: its version must not come back to the desktop.
    const last = noisePng(62);
    await page.evaluate(`window.dispatchEvent(new Event("focus"))`);
    const serial = () =>
      page.evaluate<number>(
        `fetch("api/clipboard").then((answer) => answer.json()).then(({ serial }) => serial)`,
      );
    const before = await serial();
    await copyOnDesktop(last, "image/png");
    await eventually(async () => expect(decodePng(Buffer.from(await here(), "base64")).width).toBe(62), {
      timeout: PATIENCE,
    });
    await page.evaluate(`window.dispatchEvent(new Event("focus"))`);
    // XFCE's settings daemon takes the picture over, which counted as two changes.
    expect(await serial()).toBe(before + 1);
    // An answer that comes behind anything that the focus event sent.
    const told = page.waitForResponse((answer) => answer.url().endsWith("/api/clipboard"));
    await page.evaluate(`fetch("api/clipboard")`);
    await told;
    expect(await desktopDigest()).toBe(digest(last));
  });

  test("HTML and its text go both ways", async () => {
    const { page } = await open(both);
    await page.bringToFront();
    await page.evaluate(`navigator.clipboard.write([new ClipboardItem({
      "text/html": new Blob(["<b>bold here</b>"], { type: "text/html" }),
      "text/plain": new Blob(["bold here"], { type: "text/plain" }) })])`);
    await page.evaluate(`window.dispatchEvent(new Event("focus"))`);
    await eventually(async () => expect(await desktopHtml()).toContain("bold here</b>"), {
      timeout: PATIENCE,
    });
    expect(await container.clipboard()).toBe("bold here");
    await copyOnDesktop(Buffer.from("<i>from the desktop</i>"), "text/html");
    const here = () =>
      page.evaluate<string>(
        `navigator.clipboard.read().then(([item]) => item.getType("text/html")).then((blob) => blob.text())`,
      );
    await eventually(async () => expect(await here()).toContain("from the desktop</i>"), {
      timeout: PATIENCE,
    });
  });

  test("Ctrl+V pastes a picture without the permission to read", async () => {
    const { page } = await open({ permissions: ["clipboard-write"] });
    await page.bringToFront();
    const picture = noisePng(50);
    await copyHere(page, picture);
    await page.keyboard.press("Escape");
    await page.mouse.click(640, 300);
    await page.keyboard.press("Control+v");
    await eventually(
      async () => expect(pixelsOf(await desktopPicture())).toEqual(pixelsOf(decodePng(picture))),
      { timeout: PATIENCE },
    );
  });
});

describe("a workspace that keeps its clipboard", () => {
  let browser: Browser;
  let container: TestContainer;

  beforeAll(async () => {
    const engineOptions = ["--env", "KASMIX_CLIPBOARD_DOWN=0"];
    [browser, container] = await Promise.all([
      sharedBrowser(),
      startContainer({ image: inject("image"), engineOptions }),
    ]);
  });

  afterAll(() => container?.remove());

  test("says so in the panel and gives out nothing, but takes text from the panel", async () => {
    const { page } = await visit(browser, container.url, container.settings.password);
    await openPanel(page, "clipboard");
    await page.getByText("This workspace does not allow copying to your computer.").waitFor();
    const field = page.getByLabel("Text shared with the desktop");
    await container.copy("a secret");
    await field.fill("into");
    await eventually(async () => expect(await container.clipboard()).toBe("into"), { timeout: PATIENCE });
    expect(await field.inputValue()).toBe("into");
    await page.context().close();
  });
});

/** The colours of all pixels, row by row. */
function pixelsOf({ width, height, pixel }: Picture): number[] {
  return Array.from({ length: width * height }, (_, at) => pixel(at % width, Math.floor(at / width)));
}
