import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventually, PATIENCE } from "../../helpers/eventually.ts";
import { type Faults, startFaults } from "../../helpers/faults.ts";
import { ask } from "../../helpers/gateway.ts";

const BROKEN = "echo this program is broken >&2; exit 1";
const LIMIT = 5;

/** Programs of the desktop that are there but do not work. */
const PROGRAMS = [
  "dbus-daemon",
  "Xtigervnc",
  "xfce4-session",
  "xfwm4",
  "xfdesktop",
  "xfce4-panel",
  "pulseaudio",
] as const;

type Program = (typeof PROGRAMS)[number];

describe("without a working", () => {
  const running = new Map<Program, Faults>();

  // The supervisor waits a while for a desktop that does not show itself: all of them wait at the same time.
  beforeAll(async () => {
    const start = async (program: Program) => {
      const options = { services: { probe: { script: "stay" } }, over: { [`/usr/bin/${program}`]: BROKEN } };
      running.set(program, await startFaults(options));
    };
    await Promise.all(PROGRAMS.map(start));
  });

  afterAll(() => Promise.all([...running.values()].map((faults) => faults.remove())));

  test("dbus-daemon: it is given up, and the session says on the screen what is missing", async () => {
    const faults = await up("dbus-daemon");
    await givenUp(faults, "session-bus");
    await faults.until("display", "ready");
    await faults.until("desktop", "unhealthy");
    await faults.until("sound", "ready");
    // XFCE's own message; there is no window manager without a bus.
    const windows = await faults.container.exec("xwininfo", "-root", "-tree");
    expect(windows).toMatch(/"Xfce4-session"\)\s+\d{3}x\d{2,}/);
  });

  test("Xtigervnc: it is given up, and the gateway answers", async () => {
    const faults = await up("Xtigervnc");
    await givenUp(faults, "display");
    await faults.until("session-bus", "ready");
    expect((await faults.container.services()).desktop).toMatchObject({ status: "waiting", starts: 0 });
  });

  test("xfce4-session: it is given up, and there are a screen and sound", async () => {
    const faults = await up("xfce4-session");
    await givenUp(faults, "desktop");
    for (const name of ["session-bus", "display", "sound"]) await faults.until(name, "ready");
    expect(await faults.does("xdpyinfo >/dev/null")).toBe(true);
  });

  test("pulseaudio: it is given up, and the desktop is ready without sound", async () => {
    const faults = await up("pulseaudio");
    await faults.container.ready();
    await givenUp(faults, "sound");
    for (const name of ["session-bus", "display", "desktop"]) await faults.until(name, "ready");
  });

  test.each(["xfwm4", "xfdesktop"] as const)(
    "%s: the desktop is unhealthy after a while, its rest runs, and the log says what is missing and where to look",
    async (program) => {
      const faults = await up(program);
      await faults.logged({ service: "desktop", event: "service", to: "unhealthy" });
      await faults.until("sound", "ready");
      await faults.logged({
        level: "warn",
        event: "service.unseen",
        service: "desktop",
        message: /xstartup\.log/,
      });
      await isLogged(faults);
      const panelRuns = async () => expect(await faults.does("pgrep -x xfce4-panel")).toBe(true);
      await eventually(panelRuns, { timeout: PATIENCE });
    },
  );

  test("xfce4-panel: the rest of the desktop is ready as usual, and the log has the program's output", async () => {
    const faults = await up("xfce4-panel");
    await faults.container.ready();
    await isLogged(faults);
    expect(await faults.does("pgrep -x xfdesktop && pgrep -x xfwm4")).toBe(true);
    expect((await faults.container.services()).desktop).toMatchObject({ status: "ready", starts: 1 });
  });

  async function up(program: Program): Promise<Faults> {
    const faults = running.get(program);
    if (!faults) throw new Error(`there is no container without ${program}`);
    await faults.until("probe", "ready");
    await faults.hasStarted("probe", 1);
    await faults.isUp();
    return faults;
  }

  /** The log alone says why it died and what to do. */
  async function givenUp(faults: Faults, service: string): Promise<void> {
    const { message, lines } = await faults.logged({ level: "error", event: "service.crash-loop", service });
    expect(message).toMatch(new RegExp(`kasmixctl restart ${service}`));
    expect(lines).toContain("this program is broken");
    expect((await faults.givenUp(service)).deaths).toBe(LIMIT);
  }

  async function isLogged(faults: Faults): Promise<void> {
    await faults.logged({ service: "desktop", line: "this program is broken" });
    expect(await faults.container.shell("cat /tmp/xstartup.log")).toContain("this program is broken");
  }
});

describe("a desktop whose parts crash while it runs", () => {
  let faults: Faults;

  beforeAll(async () => {
    faults = await startFaults({
      services: { probe: { script: "stay" } },
      engineOptions: ["--health-interval", "1s"],
    });
    await faults.container.ready();
  });

  afterAll(() => faults?.remove());

  test.each(["xfwm4", "xfdesktop", "xfce4-panel", "xfsettingsd"])(
    "%s comes back, and everything else stays",
    async (part) => {
      const [before] = await pidsOf(part);
      await faults.container.exec("kill", "-s", "SEGV", String(before));
      await eventually(
        async () => {
          const [after] = await pidsOf(part);
          expect(after).toMatch(/^\d+$/);
          expect(after).not.toBe(before);
        },
        { timeout: PATIENCE },
      );
      await faults.container.ready();
      expect((await faults.container.services()).desktop).toMatchObject({ starts: 1 });
      await faults.isUp();
    },
  );

  test("a missing socket of the bus stops nothing, and a restart of the bus creates it again", async () => {
    await faults.container.shell('rm "$XDG_RUNTIME_DIR/bus"');
    expect((await faults.container.services()).desktop).toMatchObject({ status: "ready", starts: 1 });
    await faults.container.exec("kasmixctl", "restart", "session-bus");
    expect(await faults.does('test -S "$XDG_RUNTIME_DIR/bus"')).toBe(true);
    await faults.container.ready();
    expect(faults.starts("probe")).toHaveLength(1);
    await faults.noZombies();
    await faults.isUp();
  });

  // Only the session lived afterwards, /readyz said 200, and nothing repaired it.
  test("a desktop that started without a bus starts again once there is one", async () => {
    await faults.container.exec("kasmixctl", "stop", "session-bus");
    await faults.container.exec("kasmixctl", "restart", "desktop", "--no-wait");
    await faults.until("desktop", "unhealthy");
    expect(await readyz()).toBe(503);
    await faults.container.exec("kasmixctl", "start", "session-bus");
    await faults.container.ready();
    await faults.logged({ service: "desktop", to: "stopping", reason: "need" });
    for (const part of ["xfwm4", "xfdesktop", "xfce4-panel"]) expect(await pidsOf(part)).not.toEqual([""]);
  });

  test("a frozen X server: /readyz says so, and is right again when it goes on", async () => {
    const { display } = await faults.container.services();
    await faults.kill("STOP", display?.pid);
    await eventually(async () => expect(await readyz()).toBe(503), { timeout: PATIENCE });
    await faults.kill("CONT", display?.pid);
    await faults.container.ready();
    expect((await faults.container.services()).display?.starts).toBe(display?.starts);
  });

  // The engine said "healthy" and desktop_ready succeeded.
  test("a frozen entrypoint: neither desktop_ready nor the engine takes the desktop for ready", async () => {
    const supervisor = await faults.supervisor();
    await faults.kill("STOP", supervisor);
    const isSeen = async () => {
      expect(await faults.does("timeout 1 desktop_ready")).toBe(false);
      expect(await faults.container.inspect("{{.State.Health.Status}}")).toBe("unhealthy");
    };
    await eventually(isSeen, { timeout: PATIENCE });
    await faults.kill("CONT", supervisor);
    await faults.container.ready();
    expect(await faults.does("timeout 10 desktop_ready")).toBe(true);
  });

  // It stayed ready for ever, and so did a desktop whose window manager the session had given up.
  test("a panel that ends for good makes the desktop unhealthy, and it is ready again with another one", async () => {
    await faults.container.exec("xfce4-panel", "--quit");
    // The log may name an earlier panel that came back slowly.
    await faults.until("desktop", "unhealthy");
    expect(await readyz()).toBe(503);
    await faults.logged({ event: "service.unhealthy", service: "desktop", message: /xfce4-panel/ });
    await faults.container.shell("xfce4-panel >/dev/null 2>&1 &");
    await faults.container.ready();
  });

  const readyz = async () => (await ask(faults.container.settings.port, "/readyz")).status;
  const pidsOf = async (name: string) => (await faults.container.shell(`pgrep -x ${name} || :`)).split("\n");
});
