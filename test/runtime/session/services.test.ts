import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { DEFAULT_STOP, type RuntimeConfig } from "../../../src/model/runtime.ts";
import type { DesktopEnvironment } from "../../../src/model/types.ts";
import { sessionEnvironment } from "../../../src/runtime/boot/environment.ts";
import { ensureUser } from "../../../src/runtime/boot/user.ts";
import { writeXauthority } from "../../../src/runtime/boot/xauthority.ts";
import { fileSink } from "../../../src/runtime/log/sink.ts";
import { displayNumber } from "../../../src/runtime/session/display.ts";
import { sessionServices } from "../../../src/runtime/session/services.ts";
import { splitArguments } from "../../../src/runtime/session/split-arguments.ts";
import { memoryLog } from "../memory-log.ts";

const directories = { home: "/home/kasm-user", runtime: "/run/kasmix" };
const app = {
  title: "",
  restart: "always",
  opensUrls: false,
  maximize: false,
  before: [],
  desktopIcon: true,
  environment: {},
  stop: DEFAULT_STOP,
} as const;
const config: RuntimeConfig = {
  name: "test",
  title: "Test",
  display: { resolution: "1280x720", frameRate: 60 },
  services: {
    helper: {
      command: ["helper"],
      environment: { LEVEL: "service" },
      directory: "/",
      needs: [{ service: "sound", condition: "ready" }],
      restart: "on-failure",
      stop: { signal: "INT", grace: 2, to: "group" },
      critical: true,
    },
  },
  apps: [
    {
      ...app,
      name: "browser",
      command: ["browser", "--default"],
      argumentsFrom: "APP_ARGS",
      autostart: true,
    },
    { ...app, name: "offered", command: ["offered"], autostart: false },
  ],
  environment: { LEVEL: "workspace", THEME: "dark" },
  limits: { display: { memory: "1GiB" }, browser: { memory: "512MiB", niceness: 5 } },
};

type KasmVnc = Parameters<typeof sessionServices>[0]["kasmVnc"];

function services(
  container: NodeJS.ProcessEnv = {},
  kasmVnc?: KasmVnc,
  desktopEnvironment?: DesktopEnvironment,
) {
  const logged = memoryLog();
  const environment = sessionEnvironment(
    config.environment,
    container,
    directories,
    {},
    desktopEnvironment?.name,
  );
  const specs = sessionServices({
    config: { ...config, ...(desktopEnvironment ? { desktopEnvironment } : {}) },
    apps: config.apps,
    container,
    environment,
    directories,
    ...(kasmVnc ? { kasmVnc } : {}),
    log: logged.log,
  });
  const named = (name: string) => specs.find((spec) => spec.name === name);
  return { names: specs.map((spec) => spec.name), named, logged };
}

describe("services", () => {
  it("have XFCE as the desktop, or what the workspace names", () => {
    const xfce = services().named("desktop");
    expect(xfce).toMatchObject({ command: ["xfce4-session"], ready: { window: "xfdesktop" } });
    expect(xfce?.environment).toMatchObject({ XDG_CURRENT_DESKTOP: "XFCE", XDG_MENU_PREFIX: "xfce-" });
    const environment = { name: "LXQt", command: ["startlxqt"], backdrop: "pcmanfm-qt", panel: "lxqt-panel" };
    const lxqt = services({}, undefined, environment).named("desktop");
    expect(lxqt).toMatchObject({ command: ["startlxqt"], ready: { window: "pcmanfm-qt" } });
    expect(lxqt?.environment).toMatchObject({ XDG_CURRENT_DESKTOP: "LXQt", DESKTOP_SESSION: "lxqt" });
    expect(lxqt?.oom?.programs).toContain("lxqt-panel");
  });

  it("are the built-in ones, the workspace's and the autostarted apps", () => {
    expect(services().names).toEqual(["session-bus", "display", "desktop", "sound", "helper", "browser"]);
  });

  it("get the workspace's limits, built-in ones too", () => {
    const { named } = services();
    expect(named("display")).toMatchObject({ memoryLimit: 1024 ** 3 });
    expect(named("browser")).toMatchObject({ memoryLimit: 512 * 1024 ** 2, niceness: 5 });
    expect(named("desktop")).not.toHaveProperty("memoryLimit");
  });

  it.each([{ START_PULSEAUDIO: "0" }, { KASM_SVC_AUDIO: "0", KASM_SVC_AUDIO_INPUT: "0" }])(
    "have no sound with %o, and services that need it do not wait",
    (container) => {
      const { names, named, logged } = services(container);
      expect(names).not.toContain("sound");
      expect(named("helper")?.needs).toEqual([]);
      expect(logged.events("needs.unknown")).toMatchObject([{ service: "helper", needs: ["sound"] }]);
    },
  );

  it("have PulseAudio for sound or microphone, and its default source only for the microphone", () => {
    const modules = (container: NodeJS.ProcessEnv) => services(container).named("sound")?.command.join(" ");
    const source = "module-remap-source source_name=kasmix_microphone ";
    expect(modules({})).toContain(source);
    expect(modules({ KASM_SVC_AUDIO: "0" })).toContain(source);
    expect(modules({ KASM_SVC_AUDIO_INPUT: "0" })).toMatch(/sink_name=kasmix /);
    expect(modules({ KASM_SVC_AUDIO_INPUT: "0" })).not.toContain("kasmix_microphone");
  });

  it("override the workspace's environment by the container's, and both by the service's own", () => {
    const { named } = services({ THEME: "light", LEVEL: "container" });
    expect(named("desktop")?.environment).toMatchObject({ THEME: "light", LEVEL: "container" });
    expect(named("helper")?.environment.LEVEL).toBe("service");
  });

  it("replace the first app's arguments by APP_ARGS", () => {
    const { named } = services({ APP_ARGS: `--name "My App" --url=https://example.org/?a=b` });
    expect(named("browser")?.command).toEqual([
      "browser",
      "--name",
      "My App",
      "--url=https://example.org/?a=b",
    ]);
  });

  it("start sound beside the desktop, whose panel shows the volume as crossed out without it", () => {
    expect(services().named("sound")?.needs).toEqual([{ service: "display", condition: "settled" }]);
  });

  it("give sound a home of its own, because PulseAudio refuses one of another uid", () => {
    expect(services().named("sound")?.environment.HOME).toBe(directories.runtime);
  });

  it("use KasmVNC for the display when the image has it", () => {
    const files = { xvnc: "/k/Xvnc", www: "/k/www", passwords: "/p", authority: "/a" };
    const { named } = services({ DISPLAY: ":7" }, { files, port: 7000 });
    expect(named("display")?.command.slice(0, 2)).toEqual(["/k/Xvnc", ":7"]);
    expect(named("display")?.command.join(" ")).toContain("-websocketPort 7000 -httpd /k/www");
    expect(named("display")).toMatchObject({ ready: { fd: 3 }, environment: { DISPLAY: ":7" } });
  });

  it("start the display with the requested settings, and log invalid ones", () => {
    const good = services({ VNC_RESOLUTION: "1920x1080", MAX_FRAME_RATE: "24" })
      .named("display")
      ?.command.join(" ");
    expect(good).toContain("-geometry 1920x1080 -depth 24 -FrameRate 24");
    const node = services({ KASM_RENDERD: "/dev/dri/renderD129" }).named("display")?.command.join(" ");
    expect(node).toContain("-rendernode /dev/dri/renderD129");
    expect(good).not.toContain("-rendernode");
    const { named, logged } = services({ VNC_RESOLUTION: "1x1; rm", MAX_FRAME_RATE: "fast" });
    expect(named("display")?.command.join(" ")).toContain("-geometry 1280x720 -depth 24 -FrameRate 60");
    expect(logged.events("setting.invalid")).toHaveLength(2);
  });
});

describe("the environment", () => {
  it("has no secrets, and everything that a session needs", () => {
    const environment = sessionEnvironment(
      {},
      { VNC_PW: "a", VNC_VIEW_ONLY_PW: "b", TZ: "Europe/Oslo" },
      directories,
      { LANG: "C.UTF-8" },
    );
    expect(JSON.stringify(environment)).not.toMatch(/VNC_/);
    expect(environment).toMatchObject({
      TZ: "Europe/Oslo",
      DISPLAY: ":1",
      DBUS_SESSION_BUS_ADDRESS: "unix:path=/run/kasmix/bus",
      LANG: "C.UTF-8",
    });
  });

  it("has the locales that work in place of those that were set", () => {
    const given = { LANG: "xx_XX.UTF-8", LC_TIME: "de_DE.UTF-8" };
    const environment = sessionEnvironment({}, given, directories, { LANG: "C.UTF-8" });
    expect(environment).toMatchObject({ LANG: "C.UTF-8", LC_TIME: "de_DE.UTF-8" });
  });
});

describe("a user without a name", () => {
  const folder = mkdtempSync(join(tmpdir(), "kasmix-user-"));
  const passwd = join(folder, "passwd");
  const unknown = { passwd, wrappers: [] as string[], isKnown: () => false };
  const entry = `kasm-user-${process.getuid?.()}:x:`;

  afterAll(() => rmSync(folder, { recursive: true }));

  it("gets an entry in a writable passwd file", () => {
    writeFileSync(passwd, "root:x:0:0::/root:/bin/sh\n");
    expect(ensureUser("/home/x", folder, memoryLog().log, unknown)).toEqual({});
    expect(readFileSync(passwd, "utf8")).toContain(`\n${entry}`);
  });

  it("gets one by a wrapper if there is one, and is logged otherwise", () => {
    // A file that is readable, but that not even root can append to.
    const fixed = { ...unknown, passwd: "/proc/self/mountinfo" };
    const shown = ensureUser("/home/x", folder, memoryLog().log, { ...fixed, wrappers: [passwd] });
    expect(shown).toMatchObject({ LD_PRELOAD: passwd, NSS_WRAPPER_PASSWD: join(folder, "passwd") });
    const logged = memoryLog();
    expect(ensureUser("/home/x", folder, logged.log, fixed)).toEqual({});
    expect(logged.events("user.unknown")).toHaveLength(1);
  });

  it("is left as it is when it has a name", () => {
    expect(ensureUser("/home/x", folder, memoryLog().log, { ...unknown, isKnown: () => true })).toEqual({});
  });
});

it.each([
  ["", []],
  ["  a   b ", ["a", "b"]],
  [`a "b c" 'd "e"' f\\ g`, ["a", "b c", 'd "e"', "f g"]],
  [`--x="y z" ""`, ["--x=y z", ""]],
  [`"a\\"b" 'c\\d'`, ['a"b', "c\\d"]],
  [`"unclosed text`, ["unclosed text"]],
  ["$HOME *", ["$HOME", "*"]],
])("splits %o as a shell would", (text, expected) => {
  expect(splitArguments(text)).toEqual(expected);
});

it.each([
  [":1", 1],
  [":12.0", 12],
  [undefined, 1],
  ["remote:3", 1],
])("takes %o for display %i", (name, expected) => {
  expect(displayNumber(name)).toBe(expected);
});

it("writes an X cookie for its display and keeps those of other displays", () => {
  const folder = mkdtempSync(join(tmpdir(), "kasmix-x-"));
  const path = join(folder, "Xauthority");
  writeXauthority([path], 5);
  const first = readFileSync(path);
  writeXauthority([path], 1);
  writeXauthority([path], 1);
  const both = readFileSync(path);
  expect(both.length).toBe(2 * first.length);
  expect(both.subarray(-first.length)).toEqual(first);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  writeFileSync(path, first.subarray(0, 20));
  writeXauthority([path], 1);
  expect(readFileSync(path).length).toBe(first.length);
  rmSync(folder, { recursive: true });
});

it("bounds its log files", async () => {
  const folder = mkdtempSync(join(tmpdir(), "kasmix-log-"));
  const path = join(folder, "x.log");
  const sink = fileSink(path, (lines) => `dropped ${lines}`, 10_000);
  for (let line = 0; line < 1000; line += 1) sink.write("x".repeat(99));
  await sink.close();
  expect(statSync(path).size).toBeLessThanOrEqual(10_000);
  expect(statSync(`${path}.1`).size).toBeLessThanOrEqual(10_000);
  rmSync(folder, { recursive: true });
});
