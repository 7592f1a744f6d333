import { createHash } from "node:crypto";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { buildClient } from "../../src/client/build.ts";
import { tagsOf } from "../../src/engine/image.ts";
import { screenshot, stateIs, type Visit, visit } from "../helpers/browser.ts";
import { type Checkout, copyProject } from "../helpers/checkout.ts";
import { startContainer, type TestContainer } from "../helpers/container.ts";
import { eventually, PATIENCE } from "../helpers/eventually.ts";
import { freePort } from "../helpers/free-port.ts";
import { ask } from "../helpers/gateway.ts";
import { coloursOf } from "../helpers/picture.ts";
import { pointerOf } from "../helpers/pointer.ts";
import { clicking, cutText, openRfbClient, typing } from "../helpers/rfb-client.ts";
import { sharedBrowser } from "../helpers/shared.ts";
import { $ } from "../helpers/shell.ts";

const STAND_IN = join(import.meta.dirname, "../runtime/fixtures/kasmvnc");

describe("an image that has KasmVNC, with a stand-in for it", () => {
  let container: TestContainer;
  let sound: number;
  let port: number;
  let password: string;

  beforeAll(async () => {
    sound = await freePort();
    const mounts = ["--volume", `${STAND_IN}:/opt/kasmix/kasmvnc:ro`];
    container = await startContainer({
      image: inject("image"),
      engineOptions: [...mounts, "--publish", `127.0.0.1:${sound}:4901`],
    });
    ({ port, password } = container.settings);
  });

  afterAll(() => container?.remove());

  test("becomes ready, for the command line and inside", async () => {
    await container.exec("desktop_ready");
    const { services } = JSON.parse(await container.exec("kasmixctl", "status", "--json"));
    expect(services).toMatchObject({ display: { status: "ready" }, desktop: { status: "ready" } });
    expect(await container.exec("sh", "-c", "xprop -root _NET_CLIENT_LIST | head -1")).toContain("0x");
  });

  test("has KasmVNC's page on 6901, with the container's password only", async () => {
    expect(await ask(port, "/")).toMatchObject({ status: 401 });
    expect(await ask(port, "/?framerate=60", { password })).toMatchObject({
      status: 200,
      body: expect.stringContaining("KasmVNC"),
    });
    expect(await ask(port, "/readyz")).toMatchObject({ status: 200 });
    const rights = await container.shell(
      "stat -c %a /tmp/kasmix-*/kasmpasswd; cut -d: -f1,3 /tmp/kasmix-*/kasmpasswd",
    );
    expect(rights.trim()).toBe("600\nowner:wo\nparticipant:w\nviewer:r");
  });

  test("has the side services on their own ports, which refuse wrong credentials", async () => {
    expect((await ask(sound, "/")).status).toBe(401);
    expect((await ask(sound, "/", { password: `${password}x` })).status).toBe(401);
    expect((await ask(sound, "/", { user: "root", password })).status).toBe(401);
    expect((await ask(sound, "/nothing", { password })).status).toBe(404);
  });

  test("has its password neither in a command line nor in the log", async () => {
    const lines = await container.shell(`cat /proc/[0-9]*/cmdline | tr '\\0' '\\n'`);
    expect(lines).toContain("-KasmPasswordFile");
    expect(lines).not.toContain(password);
    expect((await container.log()).join("\n")).not.toContain(password);
  });
});

/** A package laid out like KasmVNC's release, with the stand-in behind its names and Kasmix's page as its client. */
describe("an image with KasmVNC's release", () => {
  const PINS = "nix/vendor-files/kasmvnc.json";
  const IMAGE = "e2e-release-kasmvnc-release";
  const FILE = "kasmvncserver_trixie_1.5.0_amd64.deb";
  const variables: Record<string, string> = {};
  let folder: string;
  let checkout: Checkout;
  let container: TestContainer;
  let visitor: Visit;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "kasmix-release-"));
    checkout = await copyProject("e2e-release", { variables });
    const root = join(folder, "root");
    await cp(STAND_IN, join(root, "usr/share/kasmvnc"), { recursive: true });
    await buildClient(join(root, "usr/share/kasmvnc/www"));
    await mkdir(join(root, "DEBIAN"));
    const control =
      "Package: kasmvncserver\nVersion: 1.5.0\nArchitecture: amd64\nMaintainer: x\nDescription: x\n";
    await writeFile(join(root, "DEBIAN/control"), control);
    await mkdir(join(root, "usr/bin"));
    const start = '#!/bin/sh\nexec node /usr/share/kasmvnc/xvnc.mjs "$@"\n';
    await writeFile(join(root, "usr/bin/Xkasmvnc"), start, { mode: 0o755 });
    await mkdir(join(root, "etc/kasmvnc"), { recursive: true });
    await writeFile(join(root, "etc/kasmvnc/kasmvnc.yaml"), "network: {ssl: {require_ssl: true}}\n");
    await $`dpkg-deb --root-owner-group --build ${root} ${join(folder, FILE)}`;
    const sha256 = createHash("sha256")
      .update(await readFile(join(folder, FILE)))
      .digest("hex");
    const pin = { url: `https://127.0.0.1:9/${FILE}`, sha256 };
    const pins = JSON.stringify({ kasmvnc: { version: "1.5.0", amd64: pin, arm64: pin } });
    await writeFile(join(checkout.folder, PINS), pins);
  });

  afterAll(async () => {
    await container?.remove();
    await checkout?.remove();
    await rm(folder, { recursive: true, force: true });
  });

  const port = () => container.settings.port;
  const geometry = () => container.exec("xprop", "-root", "_NET_DESKTOP_GEOMETRY");
  const soon = (assertion: () => Promise<void>) => eventually(assertion, { timeout: PATIENCE });

  test("says what is missing when its maker's file cannot be had", async () => {
    await expect(checkout.json("build", IMAGE)).rejects.toThrow(
      /exit code 4[\s\S]*kasmvnc[\s\S]*--without-vendor/,
    );
  });

  test("shows the desktop in the browser, by KasmVNC", async () => {
    variables.KASMIX_VENDOR_DIR = folder;
    await checkout.json("build", IMAGE);
    const { digest } = (await checkout.json("load", IMAGE)) as { digest: string };
    const [, tag] = tagsOf({ name: `kasmix/${IMAGE}`, digest });
    container = await startContainer({ image: { tag, digest } });
    visitor = await visit(await sharedBrowser(), container.url, container.settings.password);
    const { page, complaints } = visitor;
    await isPainted(page);
    expect(page.url()).toContain("framerate=60");
    expect(complaints).toEqual([]);
    const started = await container.exec("pgrep", "--list-full", "--full", "[x]vnc.mjs :");
    expect(started).toContain("-interface 127.0.0.1");
    // The release's own settings are not an administrator's.
    expect((await container.log()).filter((line) => line.includes("kasmvnc."))).toEqual([]);
  });

  test("takes keys from its page", async () => {
    await container.engine.run([
      "exec",
      "--detach",
      container.name,
      "xfce4-terminal",
      "--title",
      "typed here",
    ]);
    await container.shows("typed here");
    const { page } = visitor;
    await page.locator("#desktop").click({ position: { x: 640, y: 360 } });
    await eventually(
      async () => {
        await page.keyboard.type("touch /tmp/typed\n");
        await container.exec("test", "-e", "/tmp/typed");
      },
      { timeout: PATIENCE, interval: 500 },
    );
  });

  // KasmVNC holds them back by the rights of the login that the gateway gives them: the gateway passes every byte on.
  test("takes nothing from a viewer, and gives no clipboard away", async () => {
    const { password } = container.settings;
    const guest = await ask(port(), "/api/create_user?name=guest&password=only-look&read=true", { password });
    expect(guest).toMatchObject({ status: 200 });
    const viewer = await openRfbClient(port(), "guest", "only-look");
    const [size, pointer] = [await geometry(), await pointerOf(container)];
    await container.copy("the desktop's");
    viewer.send(clicking(40, 50), typing("touch /tmp/viewer\n"), cutText("the viewer's"));
    viewer.setSize(900, 600);
    await viewer.settle();
    expect(viewer.sizeAnswers).toEqual([1]);
    expect(await geometry()).toBe(size);
    expect(await pointerOf(container)).toBe(pointer);
    expect(await container.clipboard()).toBe("the desktop's");
    // What the owner does next in the same way has its effect, so the viewer's had time enough for its own.
    const owner = await openRfbClient(port(), "kasm_user", password);
    owner.send(typing("touch /tmp/owner\n"));
    await soon(async () => void (await container.exec("test", "-e", "/tmp/owner")));
    await expect(container.exec("test", "-e", "/tmp/viewer")).rejects.toThrow();
    await container.copy("more of the desktop's");
    await soon(async () => {
      await owner.settle();
      expect(owner.texts).toContain("more of the desktop's");
    });
    await viewer.settle();
    expect(viewer.texts).toEqual([]);
    owner.send(cutText("the owner's"), clicking(40, 50));
    await owner.settle();
    await soon(async () => expect(await container.clipboard()).toBe("the owner's"));
    expect(await pointerOf(container)).toBe("40 50");
    viewer.close();
    owner.close();
  });

  test("has the size that its owner's page asks for, for all visitors", async () => {
    const owner = await openRfbClient(port(), "kasm_user", container.settings.password);
    owner.setSize(1100, 700);
    await owner.settle();
    expect(owner.sizeAnswers).toEqual([0]);
    owner.close();
    await soon(async () => expect(await geometry()).toContain("1100, 700"));
    const widths = `[...document.querySelectorAll("#desktop canvas")].map((canvas) => canvas.width)`;
    await soon(async () => expect(await visitor.page.evaluate(widths)).toContain(1100));
  });

  test("has its visitor back after KasmVNC was killed", async () => {
    const { page } = visitor;
    const before = (await container.services()).display;
    const again = page.waitForEvent("websocket", (socket) => socket.url().includes("/websockify"));
    await container.exec("kill", "-KILL", String(before?.pid));
    await soon(async () => {
      const { display } = await container.services();
      expect(display?.starts).toBeGreaterThan(before?.starts ?? 0);
      expect(display?.status).toBe("ready");
    });
    await again;
    await stateIs(page, "connected");
    await isPainted(page);
  });

  test("stops in order", async () => {
    await container.engine.run(["stop", container.name]);
    expect(await container.inspect("{{.State.ExitCode}}")).toBe("0");
  });
});

/** Waits for the gradient of the backdrop, beside what lies at the left. */
async function isPainted(page: Page): Promise<void> {
  const column = { left: 800, top: 0, right: 801, bottom: 700 };
  const look = async () =>
    expect(coloursOf(await screenshot(page, "kasmvnc-release"), column).length).toBeGreaterThan(20);
  await eventually(look, { timeout: PATIENCE });
}
