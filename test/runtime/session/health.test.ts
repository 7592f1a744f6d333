import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { readCookie } from "../../../src/runtime/boot/xauthority.ts";
import { createLooks } from "../../../src/runtime/session/health.ts";
import { connectX, type XConnection } from "../../../src/runtime/x11/connect.ts";
import {
  changeProperty,
  createWindow,
  destroyWindow,
  getGeometry,
  grabServer,
  internAtom,
  words,
} from "../../../src/runtime/x11/requests.ts";
import { eventually } from "../../helpers/eventually.ts";
import { canRunX, noX, startXServer } from "../clipboard/x-server.ts";

const PATIENCE = 200;
const [WM_CLASS, STRING, WINDOW] = [67, 31, 33];

describe.skipIf(!canRunX)(`the look at the X server and the desktop${noX}`, () => {
  let server: Awaited<ReturnType<typeof startXServer>>;

  beforeAll(async () => {
    const options = (folder: string) => ["-rfbunixpath", join(folder, "rfb"), "-SecurityTypes", "None"];
    server = await startXServer(options);
  });

  afterAll(() => server?.stop());

  const place = () => ({
    path: `/tmp/.X11-unix/X${server.number}`,
    readCookie: () => readCookie(server.environment.XAUTHORITY, server.number),
  });
  const looks = () =>
    createLooks({ bus: "/nowhere", x: place(), rfb: join(server.folder, "rfb"), patience: PATIENCE });

  // With a frozen X server /readyz answered 200.
  it("fails while the server is frozen, whose desktop is unknown, and succeeds again afterwards", async () => {
    const { display, desktop } = looks();
    expect(await display()).toBe("well");
    server.freeze(true);
    try {
      await expect(display()).rejects.toThrow("no answer");
      expect(await desktop()()).toBe("unknown");
    } finally {
      server.freeze(false);
    }
    await eventually(async () => expect(await display()).toBe("well"));
  });

  it("succeeds while a program holds the server for itself, whose desktop is unknown", async () => {
    const { display, desktop } = looks();
    expect(await display()).toBe("well");
    const holder = await open();
    holder.send(grabServer());
    await holder.ask(getGeometry(holder.root));
    expect(await display()).toBe("well");
    expect(await desktop()()).toBe("unknown");
  });

  // A desktop without window manager, panel and desktop window counted as ready.
  it("names the parts of the desktop that are gone; a panel only if it was there", async () => {
    const look = looks().desktop();
    // A look that takes too long on a busy machine says nothing.
    const see = (wanted: unknown) => eventually(async () => expect(await look()).toEqual(wanted));
    await see({ wrong: expect.stringContaining("the window manager and xfdesktop ended") });
    const x = await open();
    const manager = await manage(x);
    const [desktop, panel] = [await show(x, "xfdesktop"), await show(x, "xfce4-panel")];
    await list(x, [desktop]);
    await see("well");
    await list(x, [desktop, panel]);
    await see("well");
    await list(x, [desktop]);
    await see({ wrong: expect.stringMatching(/^xfce4-panel ended/) });
    const other = looks().desktop();
    await eventually(async () => expect(await other()).toBe("well"));
    x.send(destroyWindow(manager));
    await list(x, [desktop, panel]);
    await see({ wrong: expect.stringMatching(/^the window manager ended/) });
  });

  it("knows the parts of another desktop", async () => {
    const parts = { backdrop: "pcmanfm-qt", panel: "lxqt-panel" };
    const look = createLooks({ bus: "/nowhere", x: place(), parts, patience: PATIENCE }).desktop();
    const x = await open();
    await manage(x);
    await list(x, [await show(x, "pcmanfm-qt")]);
    await eventually(async () => expect(await look()).toBe("well"));
  });

  async function open(): Promise<XConnection> {
    const x = await connectX(place().path, place().readCookie());
    onTestFinished(() => x.close());
    return x;
  }

  async function atom(x: XConnection, name: string): Promise<number> {
    return (await x.ask(internAtom(name))).readUInt32LE(8);
  }

  async function set(x: XConnection, window: number, name: string, ids: readonly number[]): Promise<void> {
    const property = await atom(x, name);
    x.send(changeProperty({ window, property, type: WINDOW, format: 32, data: words(...ids) }));
    await x.ask(getGeometry(x.root));
  }

  async function manage(x: XConnection): Promise<number> {
    const window = x.newId();
    x.send(createWindow(window, x.root));
    for (const at of [window, x.root]) await set(x, at, "_NET_SUPPORTING_WM_CHECK", [window]);
    return window;
  }

  async function show(x: XConnection, name: string): Promise<number> {
    const window = x.newId();
    x.send(createWindow(window, x.root));
    const data = Buffer.from(`${name}\0${name.toUpperCase()}\0`);
    x.send(changeProperty({ window, property: WM_CLASS, type: STRING, format: 8, data }));
    return window;
  }

  const list = (x: XConnection, windows: readonly number[]) => set(x, x.root, "_NET_CLIENT_LIST", windows);
});

const noBus = spawnSync("dbus-daemon", ["--version"]).error !== undefined;

it.skipIf(noBus)(
  "the look at the session bus fails while the bus is frozen, and when there is none",
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "kasmix-bus-"));
    const bus = join(folder, "bus");
    const args = ["--session", "--nofork", "--nopidfile", `--address=unix:path=${bus}`, "--print-address=1"];
    const daemon = spawn("dbus-daemon", args, { stdio: ["ignore", "pipe", "ignore"] });
    onTestFinished(async () => {
      daemon.kill("SIGKILL");
      if (daemon.exitCode === null && daemon.signalCode === null) await once(daemon, "exit");
      rmSync(folder, { recursive: true });
    });
    await once(daemon.stdout, "data");
    const x = { path: "/nowhere", readCookie: () => Buffer.alloc(16) };
    const look = createLooks({ bus, x, patience: PATIENCE }).bus;
    await eventually(async () => expect(await look()).toBe("well"));
    daemon.kill("SIGSTOP");
    await expect(look()).rejects.toThrow("no answer");
    daemon.kill("SIGCONT");
    await eventually(async () => expect(await look()).toBe("well"));
    await expect(createLooks({ bus: `${bus}-missing`, x, patience: PATIENCE }).bus()).rejects.toThrow(
      "ENOENT",
    );
  },
);
