import { execFile } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { painted, screenshot, visit } from "../helpers/browser.ts";
import { layCable } from "../helpers/cable.ts";
import type { TestContainer } from "../helpers/container.ts";
import { eventually, PATIENCE } from "../helpers/eventually.ts";
import { ask } from "../helpers/gateway.ts";
import { openPanel } from "../helpers/panel.ts";
import { sharedBrowser, sharedDesktop, VIEWER_PASSWORD } from "../helpers/shared.ts";

const run = promisify(execFile);
const sha256 = (content: Buffer) => createHash("sha256").update(content).digest("hex");

describe("files", () => {
  let container: TestContainer;
  let browser: Browser;
  let folder: string;
  let kasmPort: number;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "kasmix-e2e-files-"));
    const [shared, { container: own, ports }] = await Promise.all([sharedBrowser(), sharedDesktop()]);
    [browser, container, kasmPort] = [shared, own, ports[4902]];
  });

  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** The page, as soon as it takes files. */
  const open = async (url = container.url) => {
    const { page } = await visit(browser, url, container.settings.password);
    await page.locator(".chooser input[webkitdirectory]").waitFor({ state: "attached" });
    return page;
  };
  const controls = (page: Page) => openPanel(page, "files");
  const upload = (page: Page, title: string) => page.locator(".upload", { hasText: title }).first();
  const cancel = async (page: Page, title: string) => {
    await upload(page, title).getByRole("button", { name: "Cancel" }).click();
    await says(page, title, /Cancelled/);
  };
  const left = () =>
    container.shell(
      "ls -A /home/kasm-user/Uploads /home/kasm-user/Uploads/.kasmix-uploads 2>/dev/null || true",
    );
  const there = async (path: string) =>
    (await container.exec("sha256sum", `/home/kasm-user/Uploads/${path}`)).slice(0, 64);
  const says = (page: Page, title: string, text: RegExp) =>
    eventually(async () => expect(await upload(page, title).textContent()).toMatch(text), {
      timeout: PATIENCE,
    });

  test("files that are dropped on the desktop arrive whole, with visible progress", async () => {
    const page = await open();
    await painted(page);
    const content = randomBytes(30_000_000);
    await watch(page);
    await slowDown(page, 20_000_000);
    await drop(page, [await made("dropped ü.bin", content), await makeTree("dropped tree")]);
    await eventually(async () => expect(await there("dropped ü.bin")).toBe(sha256(content)), {
      timeout: PATIENCE,
    });
    await eventually(async () =>
      expect(await page.locator(".upload-toast").textContent()).toContain("in ~/Uploads"),
    );
    await isTree("dropped tree");
    const seen = await page.evaluate<number[]>("window.seenProgress");
    expect(seen.filter((value) => value > 0 && value < 1).length).toBeGreaterThan(0);
    expect(await container.exec("readlink", "/home/kasm-user/Desktop/Uploads")).toBe(
      "/home/kasm-user/Uploads",
    );
    await screenshot(page, "uploaded");
  });

  test("a file whose name exists gets a number, and the panel says so", async () => {
    const page = await open();
    const contents = [randomBytes(1000), randomBytes(1000)];
    // Of a first try.
    await container.shell("rm -f ~/Uploads/report*");
    await controls(page);
    for (const content of contents) {
      await drop(page, [await made("report.pdf", content)]);
      await says(page, "report.pdf", /In ~\/Uploads/);
    }
    await says(page, "report.pdf is now report (1).pdf", /In ~\/Uploads/);
    const sums = await Promise.all(["report.pdf", "report (1).pdf"].map(there));
    expect(sums.sort()).toEqual(contents.map(sha256).sort());
    await screenshot(page, "collision");
  });

  test("pasted files arrive, and a chosen folder with all its files", async () => {
    const page = await open();
    await page.evaluate(`{
      const data = new DataTransfer();
      data.items.add(new File(["pasted"], "pasted.txt", { type: "text/plain" }));
      document.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
    }`);
    await eventually(async () => expect(await there("pasted.txt")).toBe(sha256(Buffer.from("pasted"))));
    const tree = await makeTree("tree");
    await controls(page);
    await page.locator("input[webkitdirectory]").setInputFiles(tree);
    await says(page, "tree", /151 files in ~\/Uploads/);
    await isTree("tree");
  });

  test("an upload that is cancelled leaves nothing", async () => {
    const page = await open();
    await slowDown(page, 2_000_000);
    await controls(page);
    await drop(page, [await made("cancelled.bin", randomBytes(20_000_000))]);
    await says(page, "cancelled.bin", /of 20/);
    await cancel(page, "cancelled.bin");
    await eventually(async () => expect(await left()).not.toMatch(/cancelled|\.part|\.json/));
  });

  test("an upload that is cancelled while the server begins it leaves nothing", async () => {
    const page = await open();
    let answer = () => {};
    const cancelled = new Promise<void>((resolve) => {
      answer = resolve;
    });
    await page.route("**/api/uploads", async (route) => {
      const response = await route.fetch();
      await cancelled;
      await route.fulfill({ response });
    });
    await drop(page, [await made("begun.bin", randomBytes(20_000_000))]);
    await eventually(async () => expect(await left()).toContain(".part"), { timeout: PATIENCE });
    await controls(page);
    await cancel(page, "begun.bin");
    answer();
    await eventually(async () => expect(await left()).not.toMatch(/begun|\.part|\.json/));
  });

  test("an upload that is cancelled before it begins leaves nothing: it arrived unseen", async () => {
    const page = await open();
    await page.evaluate(`{
      const { request } = LockManager.prototype;
      const gate = new Promise((resolve) => (window.open = resolve));
      LockManager.prototype.request = async function (...rest) {
        await gate;
        return request.apply(this, rest);
      };
    }`);
    await drop(page, [await made("early.bin", randomBytes(20_000_000))]);
    await controls(page);
    await cancel(page, "early.bin");
    await page.evaluate("window.open()");
    await drop(page, [await made("late.bin", Buffer.from("late"))]);
    await eventually(async () => expect(await left()).toContain("late.bin"), { timeout: PATIENCE });
    expect(await left()).not.toMatch(/early|\.part|\.json/);
  });

  test("a reloaded page asks for the file, and the upload continues", async () => {
    const page = await open();
    await controls(page);
    const hurry = await slowDown(page, 2_000_000);
    const content = randomBytes(24_000_000);
    const path = await made("reloaded.bin", content);
    const choose = () => page.locator(".chooser input:not([webkitdirectory])").setInputFiles(path);
    await choose();
    const enough = async () =>
      expect(await upload(page, "reloaded.bin").textContent()).toMatch(/^.*[3-9]\.\d\sMB of/);
    await eventually(enough, { timeout: PATIENCE });
    // The upload broke off without a word.
    const question = page.waitForEvent("dialog");
    const reloaded = page.reload();
    const dialog = await question;
    expect(dialog.type()).toBe("beforeunload");
    await dialog.accept();
    await reloaded;
    await eventually(
      async () => expect(await page.locator(".upload-toast").textContent()).toContain("again to continue"),
      { timeout: PATIENCE },
    );
    await controls(page);
    await says(page, "reloaded.bin", /MB of 24\.0\sMB uploaded\. Drop or choose the file again/);
    await page.locator(".upload-unfinished").scrollIntoViewIfNeeded();
    await screenshot(page, "unfinished");
    const offsets: number[] = [];
    page.on("request", (request) => {
      if (request.method() === "PATCH") offsets.push(Number(request.headers()["upload-offset"]));
    });
    await hurry();
    await choose();
    expect(await page.locator(".upload-unfinished").count()).toBe(0);
    await says(page, "reloaded.bin", /In ~\/Uploads/);
    expect(await there("reloaded.bin")).toBe(sha256(content));
    expect(Math.min(...offsets)).toBeGreaterThan(0);
  });

  test("the upload continues after its connection was reset", async () => {
    const cable = await layCable(container.settings.port);
    try {
      const page = await open(cable.url);
      await controls(page);
      const hurry = await slowDown(page, 2_000_000);
      const content = randomBytes(24_000_000);
      const path = await made("torn.bin", content);
      await page.locator(".chooser input:not([webkitdirectory])").setInputFiles(path);
      const arrived = async () =>
        Number(await container.shell("stat -c %s /home/kasm-user/Uploads/.kasmix-uploads/*.part || echo 0"));
      const enough = async () => expect(await arrived()).toBeGreaterThan(1_000_000);
      await eventually(enough, { timeout: PATIENCE, interval: 1 });
      cable.tear();
      const before = await arrived();
      expect(before).toBeLessThan(content.length);
      const offsets: number[] = [];
      page.on("request", (request) => {
        if (request.method() === "PATCH") offsets.push(Number(request.headers()["upload-offset"]));
      });
      await hurry();
      cable.mend();
      await says(page, "torn.bin", /In ~\/Uploads/);
      expect(await there("torn.bin")).toBe(sha256(content));
      expect(Math.min(...offsets)).toBeGreaterThanOrEqual(1_000_000);
    } finally {
      await cable.remove();
    }
  });

  test("a file is downloaded from the panel, and a folder as an archive", async () => {
    const content = randomBytes(5_000_000);
    const path = await made("made.bin", content);
    await container.engine.run(["cp", path, `${container.name}:/tmp/made.bin`]);
    await container.shell(`cd /home/kasm-user/Downloads && mkdir -p "Ordner ä/deep" && cp /tmp/made.bin "Ordner ä/deep/x.bin" &&
      cp /tmp/made.bin "größe.bin"`);
    const page = await open();
    await controls(page);
    const list = page.getByRole("list", { name: "Files", exact: true });
    await page.getByRole("button", { name: "Refresh" }).click();
    expect(await save(page, () => list.getByRole("link", { name: "größe.bin" }).click())).toEqual([
      "größe.bin",
      sha256(content),
    ]);
    await list.getByRole("button", { name: "Ordner ä/" }).click();
    await list.getByRole("button", { name: "deep/" }).waitFor();
    await screenshot(page, "downloads");
    const [name] = await save(page, () => page.getByRole("link", { name: "Whole folder" }).click());
    expect(name).toBe("Ordner ä.zip");
    await run("unzip", ["-q", join(folder, "Ordner ä.zip"), "-d", join(folder, "unpacked")]);
    expect(sha256(await readFile(join(folder, "unpacked/Ordner ä/deep/x.bin")))).toBe(sha256(content));
    expect(await readdir(join(folder, "unpacked"))).toEqual(["Ordner ä"]);
  });

  test("every address and port refuses wrong credentials and viewers", async () => {
    const { port, password } = container.settings;
    const addresses = [
      "/api/uploads",
      `/api/uploads/${"0".repeat(32)}`,
      "/api/downloads",
      "/Downloads/Downloads/x",
      "/api/files/",
      "/files/.bashrc",
    ];
    for (const path of addresses) {
      expect((await ask(port, path)).status).toBe(401);
      expect((await ask(port, path, { password: "wrong" })).status).toBe(401);
      // Five wrong ones in a row would lead to a pause.
      expect((await ask(port, "/", { password })).status).toBe(200);
      // KasmVNC's own address answers as KasmVNC does.
      const forbidden = path === "/api/downloads" ? 401 : 403;
      expect((await ask(port, path, { user: "kasm_viewer", password: VIEWER_PASSWORD })).status).toBe(
        forbidden,
      );
    }
    const missing = await ask(kasmPort, "/upload");
    expect([missing.status, missing.body]).toEqual([403, "Authorization Header missing or invalid"]);
    const wrong = await ask(kasmPort, "/upload", { password: "wrong" });
    expect([wrong.status, wrong.body]).toEqual([403, "Access Denied!"]);
    expect((await ask(kasmPort, "/upload", { password })).status).toBe(405);
  });

  test("Kasm's port takes a form in chunks from curl", async () => {
    const content = randomBytes(3_000_000);
    for (const [index, offset] of [0, 1_500_000].entries()) {
      const path = join(folder, "chunk");
      await writeFile(path, content.subarray(offset, offset + 1_500_000));
      const fields = {
        dzchunkindex: index,
        dzchunkbyteoffset: offset,
        dztotalfilesize: content.length,
        dztotalchunkcount: 2,
      };
      const form = Object.entries(fields).flatMap(([name, value]) => ["-F", `${name}=${value}`]);
      const user = ["-u", `kasm_user:${container.settings.password}`];
      const { stdout } = await run("curl", [
        "-sk",
        ...user,
        ...form,
        "-F",
        `file=@${path};filename=kasm.bin`,
        `https://127.0.0.1:${kasmPort}/upload`,
      ]);
      expect(stdout).toBe("uploaded Chunk");
    }
    expect(await there("kasm.bin")).toBe(sha256(content));
  });

  /** A file of this machine. */
  async function made(name: string, content: Buffer): Promise<string> {
    await writeFile(join(folder, name), content);
    return join(folder, name);
  }

  /** A folder with more files than a browser lists at a time, and an empty file further down. */
  async function makeTree(name: string): Promise<string> {
    await mkdir(join(folder, name, "deep/er"), { recursive: true });
    for (let count = 0; count < 150; count++)
      await writeFile(join(folder, name, "deep", `${count}.txt`), `content ${count}`);
    await writeFile(join(folder, name, "deep/er/empty"), "");
    return join(folder, name);
  }

  const isTree = (name: string) =>
    eventually(
      async () => {
        const script = `cd "/home/kasm-user/Uploads/$1" && find . -type f | wc -l && cat deep/149.txt`;
        expect(await container.shell(script, name)).toBe("151\ncontent 149");
      },
      { timeout: PATIENCE },
    );

  /** Saves what a click downloads; returns name and checksum. */
  function save(page: Page, click: () => Promise<void>): Promise<[string, string]> {
    // Chromium cancels downloads when the network of another container of this machine comes or goes.
    return eventually(async () => {
      const [download] = await Promise.all([page.waitForEvent("download"), click()]);
      const path = join(folder, download.suggestedFilename());
      await download.saveAs(path);
      return [download.suggestedFilename(), sha256(await readFile(path))];
    });
  }
});

/** Drops files and folders of this machine on the middle of the desktop, as the mouse does it. */
async function drop(page: Page, files: readonly string[]): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: [...files], dragOperationsMask: 1 };
  for (const type of ["dragEnter", "dragOver", "drop"] as const)
    await session.send("Input.dispatchDragEvent", { type, x: 640, y: 400, data });
}

/** Limits the page's upload to so many bytes a second: without it an upload is too short to act during it. Returns the end of the limit. */
async function slowDown(page: Page, most: number): Promise<() => Promise<void>> {
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  const limit = async (uploadThroughput: number) => {
    const rest = { offline: false, latency: 0, downloadThroughput: -1 };
    await session.send("Network.emulateNetworkConditions", { ...rest, uploadThroughput });
  };
  await limit(most);
  return () => limit(-1);
}

/** Records all values of the progress bar over the desktop. */
async function watch(page: Page): Promise<void> {
  await page.evaluate(`{
    window.seenProgress = [];
    const bar = document.querySelector(".upload-toast progress");
    new MutationObserver(() => window.seenProgress.push(bar.value)).observe(bar, { attributes: true });
  }`);
}
