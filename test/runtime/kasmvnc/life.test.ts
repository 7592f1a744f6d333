import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import type { IncomingHttpHeaders } from "node:http";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { eventually } from "../../helpers/eventually.ts";
import { freeDisplay } from "../../helpers/free-display.ts";
import { freePort } from "../../helpers/free-port.ts";
import { ask } from "../control/harness.ts";
import { buildEntrypoint } from "../entrypoint.ts";
import { makeCertificate, shownSerial } from "../gateway/certificates.ts";

const NEEDED = ["Xtigervnc", "dbus-daemon", "xev", "xprop", "xsetroot", "tini", "openssl"];
const missing = NEEDED.filter((program) => spawnSync("which", [program]).status !== 0);
const reason = missing.length > 0 ? ` (not run: ${missing.join(", ")} missing)` : "";

const FIXTURES = join(import.meta.dirname, "../fixtures");
const DISPLAY = freeDisplay();
const OWNER = basic("kasm_user", "secret-pw");
const VIEWER = basic("kasm_viewer", "secret-look");

const WORKSPACE = {
  name: "test",
  title: "Test desktop",
  display: { resolution: "800x600", frameRate: 30, server: "kasmvnc" },
  services: {},
  apps: [],
  environment: {},
};

let entrypoint: string;
let folder: string;
let container: ChildProcess;
let output: string;
let ports: { browser: number; sound: number; uploads: number; microphone: number; gamepad: number };

beforeAll(async () => {
  const { path, remove } = await buildEntrypoint();
  entrypoint = path;
  return remove;
});

async function prepare(): Promise<void> {
  folder = mkdtempSync(join(tmpdir(), "kasmix-kasmvnc-"));
  for (const name of ["home", "tmp"]) mkdirSync(join(folder, name));
  writeFileSync(join(folder, "workspace.json"), JSON.stringify(WORKSPACE));
  const [browser, sound, uploads, microphone, gamepad] = await Promise.all([1, 2, 3, 4, 5].map(freePort));
  ports = { browser, sound, uploads, microphone, gamepad } as typeof ports;
  output = "";
}

async function stop(): Promise<void> {
  container.kill("SIGTERM");
  container.kill("SIGTERM");
  if (container.exitCode === null && container.signalCode === null) await once(container, "exit");
  rmSync(folder, { recursive: true, force: true });
}

function boot(more: Record<string, string> = {}): void {
  const env = {
    PATH: `${FIXTURES}/bin:${process.env.PATH}`,
    HOME: join(folder, "home"),
    DISPLAY: `:${DISPLAY}`,
    VNC_PW: "secret-pw",
    VNC_VIEW_ONLY_PW: "secret-look",
    NO_VNC_PORT: String(ports.browser),
    KASMIX_AUDIO_PORT: String(ports.sound),
    KASMIX_UPLOAD_PORT: String(ports.uploads),
    KASMIX_AUDIO_INPUT_PORT: String(ports.microphone),
    KASMIX_GAMEPAD_PORT: String(ports.gamepad),
    KASMIX_KASMVNC: join(FIXTURES, "kasmvnc"),
    KASMIX_TMP: join(folder, "tmp"),
    KASMIX_CONFIG: join(folder, "workspace.json"),
    KASMIX_PROFILE: join(folder, "nothing"),
    KASMIX_TEST_FOLDER: join(folder, "tmp"),
    ...more,
  };
  container = spawn("tini", ["-s", "--", process.execPath, entrypoint], { env });
  const collect = (chunk: Buffer) => {
    output += chunk;
  };
  container.stdout?.on("data", collect);
  container.stderr?.on("data", collect);
}

function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
}

const events = (event: string) =>
  output
    .split("\n")
    .flatMap((line) => (line.startsWith("{") ? [JSON.parse(line) as Record<string, unknown>] : []))
    .filter((record) => record.event === event);
const desktopReady = () =>
  eventually(() => expect(existsSync(join(folder, "tmp/kasmix/desktop.ready")), output).toBe(true));
const runtime = () => join(folder, `tmp/kasmix-${process.getuid?.()}`);
/** The options of Xvnc as it understood them itself. */
const started = () =>
  JSON.parse(readFileSync(join(runtime(), "xvnc.json"), "utf8")) as {
    words: string[];
    options: Record<string, unknown>;
  };

async function services(): Promise<Record<string, { status: string; pid?: number; starts: number }>> {
  const { body } = await ask(join(folder, "tmp/kasmix/control.sock"), "/state");
  return JSON.parse(body).services;
}

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

function fetchPath(path: string, authorization?: string, port = ports.browser) {
  const headers = authorization === undefined ? {} : { authorization };
  const options = { host: "127.0.0.1", port, path, headers, rejectUnauthorized: false, agent: false };
  return new Promise<Answer>((resolve, reject) => {
    request(options, async (response) => {
      let body = "";
      for await (const chunk of response) body += chunk;
      resolve({ status: response.statusCode, headers: response.headers, body });
    })
      .on("error", reject)
      .end();
  });
}

/** Opens the display's WebSocket and sends the handshake of a viewer; resolves with the client. */
async function open(authorization = OWNER): Promise<WebSocket> {
  const options = { headers: { authorization }, rejectUnauthorized: false };
  const client = new WebSocket(`wss://127.0.0.1:${ports.browser}/websockify`, "binary", options);
  await once(client, "open");
  return client;
}

async function greeting(authorization = OWNER): Promise<string> {
  const client = await open(authorization);
  const [data] = (await once(client, "message")) as [Buffer];
  client.terminate();
  return data.toString("latin1");
}

describe.skipIf(missing.length > 0)(`a container with KasmVNC, from its start to its end${reason}`, () => {
  beforeAll(async () => {
    await prepare();
    boot();
    await desktopReady();
  });
  afterAll(stop);

  it("becomes ready, and the gateway serves KasmVNC's client with the passwords of the container", async () => {
    // The client would end after 20 idle minutes and ask for 24 frames a second.
    expect((await fetchPath("/", OWNER)).headers.location).toBe("?framerate=30&idle_disconnect=10080");
    const page = await fetchPath("/?framerate=30", OWNER);
    expect(page).toMatchObject({ status: 200, body: expect.stringContaining("KasmVNC") });
    expect(page.headers).toMatchObject({
      "cross-origin-embedder-policy": "require-corp",
      "content-security-policy": "frame-ancestors 'self'",
    });
    expect(await fetchPath("/?a", VIEWER)).toMatchObject({ status: 200 });
    expect(await fetchPath("/")).toMatchObject({ status: 401 });
    expect(await fetchPath("/", basic("kasm_user", "secret-look"))).toMatchObject({ status: 401 });
    expect(await fetchPath("/readyz")).toMatchObject({ status: 200 });
    expect(await greeting()).toBe("RFB 003.008\n");
    expect(await greeting(VIEWER)).toBe("RFB 003.008\n");
    expect(await services()).toMatchObject({ display: { status: "ready" }, desktop: { status: "ready" } });
  });

  // The real KasmVNC counts each request without a password, and locked out the fifth good visitor of one address.
  it("lets the owner in after many requests without a password", async () => {
    for (let count = 0; count < 12; count += 1) {
      expect(await fetchPath("/")).toMatchObject({ status: 401 });
      expect(await fetchPath("/app/ui.js", OWNER)).toMatchObject({ status: 200 });
      expect(await greeting()).toBe("RFB 003.008\n");
    }
  });

  it("answers the owner API, of which KasmVNC measures frames itself", async () => {
    const call = (name: string, who = OWNER) => fetchPath(`/api/${name}`, who);
    expect(await call("get_frame_stats?client=none")).toMatchObject({
      status: 200,
      body: "/api/get_frame_stats",
    });
    expect(await call("send_full_frame")).toMatchObject({ status: 200, body: "/api/send_full_frame" });
    expect(await call("get_users", VIEWER)).toMatchObject({ status: 401 });
    const made = await call("create_user?name=guest&password=secret-guest&read=true");
    expect(made).toMatchObject({ status: 200 });
    expect(await greeting(basic("guest", "secret-guest"))).toBe("RFB 003.008\n");
  });

  // The real one wrote the address of a call with its password to its log.
  it("passes no password to programs or to the log, and its files are private", async () => {
    const file = join(runtime(), "kasmpasswd");
    expect(readFileSync(file, "utf8")).toMatch(/^(owner|participant|viewer):\$5\$kasm\$\S{43}:(wo|w|r)$/m);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(existsSync(join(folder, "home/.kasmpasswd"))).toBe(false);
    const pids = Object.values(await services()).flatMap(({ pid }) => pid ?? []);
    const own = spawnSync("pgrep", ["-g", pids.join(",")], { encoding: "utf8" })
      .stdout.trim()
      .split("\n");
    expect(own.length).toBeGreaterThan(pids.length);
    for (const pid of own) {
      const seen = ["environ", "cmdline"].map((name) => readFileSync(`/proc/${pid}/${name}`, "latin1"));
      expect(seen.join("")).not.toMatch(/secret-|VNC_PW/);
    }
    expect(readFileSync(join(folder, "tmp/environment"), "utf8")).not.toMatch(/secret-|VNC_PW/);
    expect(output).not.toMatch(/secret-|TOTAL FRAME TOOK/);
  });

  it("has the same certificate on all ports, made at the first boot and kept", async () => {
    const kept = new X509Certificate(readFileSync(join(folder, "home/.vnc/kasmix.pem"))).serialNumber;
    expect(await shownSerial(ports.browser)).toBe(kept);
    expect(await shownSerial(ports.uploads)).toBe(kept);
  });

  it("cannot be reached past the gateway", async () => {
    const { options } = started();
    const port = Number(options.websocketport);
    const asked = await fetch(`http://127.0.0.1:${port}/`);
    expect(asked.status).toBe(401);
    expect(options.interface).toBe("127.0.0.1");
  });

  it("keeps the side services on their own ports, with the same passwords", async () => {
    for (const port of [ports.sound, ports.microphone, ports.gamepad]) {
      const statuses = await Promise.all(
        [undefined, basic("kasm_user", "wrong"), OWNER].map(
          async (who) => (await fetchPath("/", who, port)).status,
        ),
      );
      expect(statuses).toEqual([401, 401, 404]);
    }
    // As Kasm's upload server answers.
    expect(await fetchPath("/upload", basic("kasm_user", "wrong"), ports.uploads)).toMatchObject({
      status: 403,
    });
    expect(await fetchPath("/upload", OWNER, ports.uploads)).toMatchObject({ status: 405 });
  });

  it("recovers after KasmVNC was killed, with the same passwords and certificate", async () => {
    const serial = await shownSerial(ports.browser);
    const before = (await services()).display;
    // One who sends nothing was left with a dead picture.
    const idle = await open();
    await once(idle, "message");
    process.kill(before?.pid ?? 0, "SIGKILL");
    expect((await once(idle, "close"))[0]).toBe(1012);
    await eventually(async () => {
      const states = await services();
      expect(states.display?.starts).toBeGreaterThan(before?.starts ?? 0);
      expect(states).toMatchObject({ display: { status: "ready" }, desktop: { status: "ready" } });
    });
    await desktopReady();
    expect(await greeting()).toBe("RFB 003.008\n");
    expect(await shownSerial(ports.browser)).toBe(serial);
    expect(container.exitCode).toBeNull();
  });

  it("exits with 0 on TERM, and leaves nothing behind", async () => {
    const pids = Object.values(await services()).flatMap(({ pid }) => pid ?? []);
    container.kill("SIGTERM");
    expect(await once(container, "exit")).toEqual([0, null]);
    for (const pid of pids) expect(existsSync(`/proc/${pid}`)).toBe(false);
    expect(existsSync(`/tmp/.X${DISPLAY}-lock`)).toBe(false);
    expect(existsSync(join(folder, "tmp/kasmix/desktop.ready"))).toBe(false);
  });
});

describe.skipIf(missing.length > 0)(`a container with KasmVNC${reason}`, () => {
  beforeEach(prepare);
  afterEach(stop);

  it("starts KasmVNC with the settings of the workspace, then the environment, and VNCOPTIONS last", async () => {
    const kasmvnc = { encoding: { rect_encoding_mode: { min_quality: 3, max_quality: 6 } } };
    const display = { ...WORKSPACE.display, kasmvnc };
    writeFileSync(join(folder, "workspace.json"), JSON.stringify({ ...WORKSPACE, display }));
    mkdirSync(join(folder, "home/.vnc"));
    writeFileSync(
      join(folder, "home/.vnc/kasmvnc.yaml"),
      "encoding:\n  zrle_zlib_level: 3\n  full_frame_updates: 5\n",
    );
    boot({
      VNC_RESOLUTION: "1024x600",
      MAX_FRAME_RATE: "24",
      KASM_SVC_SEND_CUT_TEXT: "-SendCutText 0",
      VNCOPTIONS: "-DynamicQualityMin=4 -DynamicQualityMax 7 -select-de manual -disableBasicAuth -bogus 5",
    });
    await desktopReady();
    expect(started().options).toMatchObject({
      display: DISPLAY,
      geometry: "1024x600",
      framerate: "24",
      sendcuttext: false,
      acceptcuttext: true,
      ignoreclientsettingskasm: true,
      allowoverride: "desktop",
      dynamicqualitymin: "4",
      dynamicqualitymax: "7",
      zliblevel: "3",
    });
    expect(events("kasmvnc.yaml")).toMatchObject([{ line: 3 }]);
    const refused = events("vncoptions.refused").map(({ option }) => option);
    expect(refused).toEqual(["select-de", "disablebasicauth", "bogus"]);
    expect(await fetchPath("/")).toMatchObject({ status: 401 });
  });

  it("uses a mounted certificate, and a renewed one for new connections", async () => {
    const [cert, key] = [join(folder, "tls.crt"), join(folder, "tls.key")];
    const mount = () => {
      const made = makeCertificate();
      writeFileSync(key, made.key);
      writeFileSync(cert, made.cert);
      return made.serial;
    };
    const first = mount();
    boot({ KASMIX_TLS_CERT: cert, KASMIX_TLS_KEY: key });
    await desktopReady();
    expect(await shownSerial(ports.browser)).toBe(first);
    const second = mount();
    await eventually(async () => expect(await shownSerial(ports.browser)).toBe(second));
    expect(existsSync(join(folder, "home/.vnc/kasmix.pem"))).toBe(false);
  });

  it("offers the home's downloads to the owner, and to nobody else", async () => {
    mkdirSync(join(folder, "home/Downloads"));
    writeFileSync(join(folder, "home/Downloads/report.txt"), "figures");
    boot();
    await desktopReady();
    const path = "/Downloads/Downloads/report.txt";
    expect(await fetchPath(path, OWNER)).toMatchObject({ status: 200, body: "figures" });
    expect(await fetchPath(path, VIEWER)).toMatchObject({ status: 403 });
    expect(await fetchPath("/app/ui.js", OWNER)).toMatchObject({ status: 200 });
  });

  it("makes a password when none is given", async () => {
    boot({ VNC_PW: "" });
    await desktopReady();
    const password = readFileSync(join(folder, "home/.config/kasmix/password"), "utf8").trim();
    expect(await fetchPath("/", basic("kasm_user", password))).toMatchObject({ status: 302 });
    expect(output).not.toContain(password);
  });

  it("logs that KasmVNC is missing when the workspace wants it, and uses TigerVNC", async () => {
    boot({ KASMIX_KASMVNC: join(folder, "nothing") });
    await desktopReady();
    expect(events("kasmvnc.missing")).toHaveLength(1);
    expect(events("gateway.listening")).toMatchObject([{ port: ports.browser }]);
    expect(existsSync(join(folder, "home/.kasmpasswd"))).toBe(false);
  });
});
