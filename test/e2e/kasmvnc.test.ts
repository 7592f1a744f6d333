import { createHash } from "node:crypto";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { buildClient } from "../../src/client/build.ts";
import { detectEngine, type Engine } from "../../src/engine/detect.ts";
import { screenshot, visit } from "../helpers/browser.ts";
import { type Checkout, copyProject, type Started } from "../helpers/checkout.ts";
import { createContainer, type TestContainer } from "../helpers/container.ts";
import { eventually, PATIENCE } from "../helpers/eventually.ts";
import { freePort } from "../helpers/free-port.ts";
import { ask } from "../helpers/gateway.ts";
import { coloursOf } from "../helpers/picture.ts";
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
    container = await createContainer({
      image: inject("image"),
      engineOptions: [...mounts, "--publish", `127.0.0.1:${sound}:4901`],
    });
    ({ port, password } = container.settings);
    await container.start();
    await container.ready();
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

  test("has the desktop back after KasmVNC was killed", async () => {
    const display = async () =>
      JSON.parse(await container.exec("kasmixctl", "status", "--json")).services.display;
    const before = await display();
    await container.exec("kill", "-KILL", String(before.pid));
    await eventually(
      async () => {
        const now = await display();
        expect(now.starts).toBeGreaterThan(before.starts);
        expect(now.status).toBe("ready");
      },
      { timeout: PATIENCE },
    );
    await container.exec("desktop_ready");
    expect(await ask(port, "/?framerate=60", { password })).toMatchObject({ status: 200 });
  });
});

/** A package laid out like KasmVNC's release, with the stand-in behind its names and Kasmix's page as its client. */
describe("an image with KasmVNC's release", () => {
  const PINS = "nix/vendor-files/kasmvnc.json";
  const IMAGE = "e2e-release-kasmvnc-release";
  const FILE = "kasmvncserver_trixie_1.5.0_amd64.deb";
  const variables: Record<string, string> = {};
  let engine: Engine;
  let folder: string;
  let checkout: Checkout;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "kasmix-release-"));
    engine = await detectEngine();
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
    await checkout?.json("down", IMAGE, "--volume").catch(() => {});
    await checkout?.remove();
    await rm(folder, { recursive: true, force: true });
  });

  test("says what is missing when its maker's file cannot be had", async () => {
    await expect(checkout.json("build", IMAGE)).rejects.toThrow(
      /exit code 4[\s\S]*kasmvnc[\s\S]*--without-vendor/,
    );
  });

  test("shows the desktop in the browser, by KasmVNC", async () => {
    variables.KASMIX_VENDOR_DIR = folder;
    const { url, password, container } = (await checkout.json("up", IMAGE)) as Started;
    const { page, complaints } = await visit(await sharedBrowser(), url, password);
    await eventually(
      async () => {
        const column = { left: 800, top: 0, right: 801, bottom: 700 };
        expect(coloursOf(await screenshot(page, "kasmvnc-release"), column).length).toBeGreaterThan(20);
      },
      { timeout: PATIENCE },
    );
    expect(page.url()).toContain("framerate=60");
    expect(complaints).toEqual([]);
    const inside = async (...words: string[]) => (await engine.run(["exec", container, ...words])).trim();
    expect(await inside("pgrep", "--list-full", "--full", "[x]vnc.mjs :")).toContain("-interface 127.0.0.1");
    // The release's own settings are not an administrator's.
    expect(
      (await engine.run(["logs", container])).split("\n").filter((line) => line.includes("kasmvnc.")),
    ).toEqual([]);
    await engine.run(["exec", "--detach", container, "xfce4-terminal", "--title", "typed here"]);
    await eventually(async () => expect(await inside("wmctrl", "-l")).toContain("typed here"), {
      timeout: PATIENCE,
    });
    await page.locator("#desktop").click({ position: { x: 640, y: 360 } });
    await eventually(
      async () => {
        await page.keyboard.type("touch /tmp/typed\n");
        await inside("test", "-e", "/tmp/typed");
      },
      { timeout: PATIENCE, interval: 500 },
    );
  });
});
