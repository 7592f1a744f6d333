import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { eventually } from "../helpers/eventually.ts";
import { freeDisplay } from "../helpers/free-display.ts";
import { freePort } from "../helpers/free-port.ts";
import { ask } from "./control/harness.ts";
import { buildEntrypoint } from "./entrypoint.ts";
import { openDevTools } from "./launcher/harness.ts";

const NEEDED = ["Xtigervnc", "dbus-daemon", "xev", "xprop", "xsetroot", "tini", "openssl"];
const missing = NEEDED.filter((program) => spawnSync("which", [program]).status !== 0);
const reason = missing.length > 0 ? ` (not run: ${missing.join(", ")} missing)` : "";

const BIN = join(import.meta.dirname, "fixtures/bin");
const OWNER = `Basic ${Buffer.from("kasm_user:secret-pw").toString("base64")}`;
const VIEWER = `Basic ${Buffer.from("kasm_viewer:secret-look").toString("base64")}`;
const DISPLAY = freeDisplay();

let entrypoint: string;
let folder: string;
let container: ChildProcess;
let output: string;
let port: number;

beforeAll(async () => {
  const { path, remove } = await buildEntrypoint();
  entrypoint = path;
  return remove;
});

async function prepare(): Promise<void> {
  folder = mkdtempSync(join(tmpdir(), "kasmix-main-"));
  for (const name of ["home", "tmp", "www", "profile/.config"])
    mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, "www/index.html"), "<!doctype html>desktop");
  writeFileSync(join(folder, "profile/.config/panel.xml"), "<panel/>");
  writeFileSync(join(folder, "workspace.json"), JSON.stringify(WORKSPACE));
  output = "";
  port = await freePort();
}

async function stop(): Promise<void> {
  container.kill("SIGTERM");
  container.kill("SIGTERM");
  if (container.exitCode === null && container.signalCode === null) await once(container, "exit");
  chmodSync(join(folder, "home"), 0o755);
  rmSync(folder, { recursive: true, force: true });
}

const WORKSPACE = {
  name: "test",
  title: "Test desktop",
  display: { resolution: "800x600", frameRate: 30 },
  services: {},
  apps: [
    {
      name: "editor",
      title: "Editor",
      command: ["sleep", "1000"],
      autostart: true,
      restart: "always",
      desktopIcon: true,
      environment: { EDITOR_MODE: "dark" },
    },
  ],
  environment: { WORKSPACE_VARIABLE: "1" },
};

function boot(more: Record<string, string> = {}, user: { uid?: number; gid?: number } = {}): void {
  const env = {
    PATH: `${BIN}:${process.env.PATH}`,
    HOME: join(folder, "home"),
    DISPLAY: `:${DISPLAY}`,
    NO_VNC_PORT: String(port),
    START_PULSEAUDIO: "0",
    VNC_PW: "secret-pw",
    VNC_VIEW_ONLY_PW: "secret-look",
    KASMIX_TMP: join(folder, "tmp"),
    KASMIX_CONFIG: join(folder, "workspace.json"),
    KASMIX_WWW: join(folder, "www"),
    KASMIX_PROFILE: join(folder, "profile"),
    KASMIX_TEST_FOLDER: join(folder, "tmp"),
    ...more,
  };
  container = spawn("tini", ["-s", "--", process.execPath, entrypoint], { env, ...user });
  const collect = (chunk: Buffer) => {
    output += chunk;
  };
  container.stdout?.on("data", collect);
  container.stderr?.on("data", collect);
}

const records = () =>
  output
    .split("\n")
    .flatMap((line) => (line.startsWith("{") ? [JSON.parse(line) as Record<string, unknown>] : []));
const events = (event: string) => records().filter((record) => record.event === event);
const desktopReady = () =>
  eventually(() => expect(existsSync(join(folder, "tmp/kasmix/desktop.ready")), output).toBe(true));

function fetchPath(path: string, headers: Record<string, string> = { authorization: OWNER }) {
  return new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
    request(
      { host: "127.0.0.1", port, path, headers, rejectUnauthorized: false, agent: false },
      async (response) => {
        let body = "";
        for await (const chunk of response) body += chunk;
        resolve({ status: response.statusCode, body });
      },
    )
      .on("error", reject)
      .end();
  });
}

interface ServiceStates {
  readonly [name: string]: { status: string; pid?: number; starts: number };
}

async function services(): Promise<ServiceStates> {
  return (JSON.parse((await fetchPath("/statez")).body) as { services: ServiceStates }).services;
}

async function greeting(): Promise<string> {
  const url = `wss://127.0.0.1:${port}/websockify`;
  const client = new WebSocket(url, "binary", {
    headers: { authorization: OWNER },
    rejectUnauthorized: false,
  });
  const [data] = (await once(client, "message")) as [Buffer];
  client.close();
  return data.toString("latin1");
}

describe.skipIf(missing.includes("tini"))(
  `the control socket${missing.includes("tini") ? reason : ""}`,
  () => {
    beforeEach(prepare);
    afterEach(stop);

    const navigate = async (url: string) => {
      const path = `/navigate?${new URLSearchParams({ url })}`;
      const { status, body } = await ask(join(folder, "tmp/kasmix/control.sock"), path, { method: "POST" });
      return { status, ...JSON.parse(body) };
    };
    const running = () => eventually(async () => expect(await services()).toHaveProperty("editor"));

    it("navigates the launcher's app without a token, also when the launcher has no HTTP", async () => {
      const script = 'printf "%s\\n" "$@" > "$HOME/shown"; env >> "$HOME/shown"; exec sleep 1000';
      const browser = { name: "browser", command: ["sh", "-c", script, "sh"], before: [], environment: {} };
      const apps = [...WORKSPACE.apps, { ...WORKSPACE.apps[0], ...browser, switch: "LAUNCH_BROWSER" }];
      const launcher = { app: "browser", egress: false };
      writeFileSync(join(folder, "workspace.json"), JSON.stringify({ ...WORKSPACE, apps, launcher }));
      const port = String(await freePort());
      const off = { LAUNCH_BROWSER: "0", LAUNCH_NAV_SHIM: "0" };
      boot({ ...off, URL_LAUNCHER_TOKEN: "secret-token", CDP_PORT: port });
      await running();
      expect(await navigate("http://127.0.0.1/")).toMatchObject({ status: 409, reason: "loopback" });
      expect(await services()).toMatchObject({ browser: { status: "stopped" } });
      const answer = navigate("http://1572394766/");
      // The app is started for the URL; its debugger is ready a little later.
      await eventually(() =>
        expect(readFileSync(join(folder, "home/shown"), "utf8")).toMatch(
          new RegExp(`^--class=browser\n--remote-debugging-port=${port}\\n[\\s\\S]*WORKSPACE_VARIABLE=1`),
        ),
      );
      const page = { id: "AB12", type: "page" };
      const reply = ({ id }: { id: number }) => ({ id, result: { frameId: "F1" } });
      const devTools = await openDevTools({ list: [page], reply, port: Number(port) });
      expect(await answer).toEqual({ status: 200, app: "browser", frameId: "F1" });
      devTools.close();
      expect(readFileSync(join(folder, "home/shown"), "utf8") + output).not.toMatch(/secret-/);
      const told = [
        { who: "control", status: 400, reason: "loopback" },
        { who: "control", status: 200, frameId: "F1" },
      ];
      await eventually(() => expect(events("launcher.request")).toMatchObject(told));
      expect(events("launcher.listening")).toEqual([]);
    });

    it("says that there is no launcher", async () => {
      boot();
      await running();
      expect(await navigate("https://example.org/")).toMatchObject({ status: 409, reason: "no-launcher" });
      expect(events("launcher.request")).toEqual([]);
    });
  },
);

describe.skipIf(missing.length > 0)(`a container, from its start to its end${reason}`, () => {
  beforeAll(async () => {
    await prepare();
    // A secret made with echo.
    boot({ VNC_VIEW_ONLY_PW: "secret-look\n" });
  });
  afterAll(stop);

  it("answers before the desktop is ready, becomes ready, and shows a real display", async () => {
    await eventually(async () => expect(await fetchPath("/healthz", {})).toMatchObject({ status: 200 }));
    expect(await greeting()).toBe("RFB 003.008\n");
    await desktopReady();
    expect(await fetchPath("/readyz", {})).toEqual({ status: 200, body: "ready" });
    expect(await fetchPath("/", {})).toMatchObject({ status: 401 });
    expect(await fetchPath("/")).toMatchObject({ status: 200, body: "<!doctype html>desktop" });
    expect(await fetchPath("/", { authorization: VIEWER })).toMatchObject({ status: 200 });
    expect(await services()).toMatchObject({ desktop: { status: "ready" }, editor: { status: "ready" } });
    expect(readFileSync(join(folder, "home/.config/panel.xml"), "utf8")).toBe("<panel/>");
    expect(readFileSync(join(folder, "tmp/xstartup.log"), "utf8")).toContain(`on :${DISPLAY}`);
    expect(readFileSync(join(folder, "tmp/container-health.jsonl"), "utf8")).toContain('"service":"display"');
    expect(readFileSync(join(folder, "tmp/container-health.log"), "utf8")).toMatch(
      / INFO display: \w+ -> ready /,
    );
  });

  it("passes no password to programs or to the log", async () => {
    const environment = readFileSync(join(folder, "tmp/environment"), "utf8");
    expect(environment).toContain("WORKSPACE_VARIABLE=1");
    const pids = Object.values(await services()).flatMap(({ pid }) => pid ?? []);
    expect(pids.length).toBeGreaterThanOrEqual(4);
    for (const pid of pids) {
      const seen = ["environ", "cmdline"]
        .map((file) => readFileSync(`/proc/${pid}/${file}`, "latin1"))
        .join("");
      expect(seen).not.toMatch(/secret-|VNC_PW/);
    }
    expect(environment).not.toMatch(/secret-|VNC_PW/);
    expect(output).not.toContain("secret-");
    // Here tini has it in its environment, because hide-secrets did not start it.
    expect(events("secret.shown")).toMatchObject([{ variable: "VNC_PW" }, { variable: "VNC_VIEW_ONLY_PW" }]);
  });

  it("recovers after each service was killed", async () => {
    for (const name of ["session-bus", "display", "desktop", "editor"]) {
      const before = (await services())[name];
      process.kill(before?.pid ?? 0, "SIGKILL");
      await eventually(async () => {
        const states = await services();
        expect(states[name]?.starts).toBeGreaterThan(before?.starts ?? 0);
        for (const { status } of Object.values(states)) expect(status).toBe("ready");
      });
      await desktopReady();
    }
    expect(await greeting()).toBe("RFB 003.008\n");
    expect(container.exitCode).toBeNull();
  });

  it("ignores HUP, logs its state on USR1 and exits with 0 on TERM, and leaves nothing behind", async () => {
    const pids = Object.values(await services()).flatMap(({ pid }) => pid ?? []);
    container.kill("SIGHUP");
    container.kill("SIGUSR1");
    await eventually(() => expect(events("state")).toHaveLength(1));
    expect(events("signal")).toMatchObject([{ signal: "SIGHUP" }]);
    expect(output).not.toContain("Debugger");
    container.kill("SIGTERM");
    // By then all of its output has come.
    expect(await once(container, "close")).toEqual([0, null]);
    expect(events("exit")).toMatchObject([{ code: 0 }]);
    for (const pid of pids) expect(existsSync(`/proc/${pid}`)).toBe(false);
    expect(existsSync(join(folder, "tmp/kasmix/desktop.ready"))).toBe(false);
  });
});

describe.skipIf(missing.length > 0)(`a container${reason}`, () => {
  beforeEach(prepare);
  afterEach(stop);

  it("starts after a killed container, even when its pid belongs to another process now", async () => {
    writeFileSync(`/tmp/.X${DISPLAY}-lock`, `${String(process.pid).padStart(10)}\n`);
    mkdirSync(join(folder, "tmp/kasmix"), { recursive: true });
    writeFileSync(join(folder, "tmp/kasmix/desktop.ready"), "");
    boot();
    await eventually(() => expect(existsSync(join(folder, "tmp/kasmix/desktop.ready"))).toBe(false));
    await desktopReady();
    expect((await services()).display).toMatchObject({ starts: 1 });
  });

  const isRoot = process.getuid?.() === 0;
  const anyUser = `runs as any user, with a home it may not write${isRoot ? "" : " (skipped: only root may become another user)"}`;
  it.skipIf(!isRoot)(anyUser, async () => {
    chmodSync(join(folder, "home"), 0o555);
    for (const path of [folder, join(folder, "tmp")]) chmodSync(path, 0o777);
    // A display of its own: other users cannot remove the lock of a killed one of root.
    boot({ DISPLAY: `:${freeDisplay()}` }, { uid: 4711, gid: 0 });
    await eventually(async () => expect((await services()).display?.status).toBe("ready"));
    expect(events("home.fallback")).toMatchObject([{ home: join(folder, "tmp/kasmix-home-4711") }]);
    expect(await greeting()).toBe("RFB 003.008\n");
  });

  it("makes a password when none is given, and logs only where it is", async () => {
    boot({ VNC_PW: "" });
    await desktopReady();
    const password = readFileSync(join(folder, "home/.config/kasmix/password"), "utf8").trim();
    expect(password).toMatch(/^\w{20}$/);
    expect(output).not.toContain(password);
    const authorization = `Basic ${Buffer.from(`kasm_user:${password}`).toString("base64")}`;
    expect(await fetchPath("/", { authorization })).toMatchObject({ status: 200 });
    expect(readFileSync(join(folder, "home/.config/kasmix/password"), "utf8")).toMatch(/^sha256:/);
  });

  it("stays up without configuration, client, profile or desktop", async () => {
    const nothing = join(folder, "nothing");
    boot({
      KASMIX_CONFIG: nothing,
      KASMIX_WWW: nothing,
      KASMIX_PROFILE: nothing,
      PATH: process.env.PATH ?? "",
    });
    await eventually(async () => expect((await services()).desktop?.status).toMatch(/backoff|degraded/));
    expect(await greeting()).toBe("RFB 003.008\n");
    expect(container.exitCode).toBeNull();
  });

  it("keeps the desktop running while its port is taken, and listens when it is free", async () => {
    const { createServer } = await import("node:net");
    const squatter = createServer().listen(port);
    await once(squatter, "listening");
    boot();
    await desktopReady();
    expect(events("gateway.port").length).toBeGreaterThan(0);
    squatter.close();
    await eventually(async () => expect(await fetchPath("/readyz", {})).toMatchObject({ status: 200 }));
  });
});
