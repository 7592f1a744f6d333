import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { connect as tcpConnect } from "node:net";
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

function fetchPath(path: string, authorization?: string, port = ports.browser) {
  const headers = authorization === undefined ? {} : { authorization };
  const options = { host: "127.0.0.1", port, path, headers, rejectUnauthorized: false, agent: false };
  return new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
    request(options, async (response) => {
      let body = "";
      for await (const chunk of response) body += chunk;
      resolve({ status: response.statusCode, body });
    })
      .on("error", reject)
      .end();
  });
}

async function greeting(authorization = OWNER): Promise<string> {
  const options = { headers: { authorization, origin: "https://x" }, rejectUnauthorized: false };
  const client = new WebSocket(`wss://127.0.0.1:${ports.browser}/websockify`, "binary", options);
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

  it("becomes ready, and KasmVNC serves the browsers' port with the passwords of the container", async () => {
    expect(await fetchPath("/", OWNER)).toMatchObject({
      status: 200,
      body: expect.stringContaining("KasmVNC"),
    });
    expect(await fetchPath("/", VIEWER)).toMatchObject({ status: 200 });
    expect(await fetchPath("/")).toMatchObject({ status: 401 });
    expect(await fetchPath("/", basic("kasm_user", "secret-look"))).toMatchObject({ status: 401 });
    expect(await fetchPath("/api/get_screenshot", OWNER)).toMatchObject({ status: 200 });
    expect(await fetchPath("/api/get_screenshot", VIEWER)).toMatchObject({ status: 401 });
    expect(await greeting()).toBe("RFB 003.008\n");
    expect(events("gateway.listening")).toEqual([]);
    expect(await services()).toMatchObject({ display: { status: "ready" }, desktop: { status: "ready" } });
  });

  it("passes no password to programs or to the log, and its files are private", async () => {
    const file = join(folder, "home/.kasmpasswd");
    expect(readFileSync(file, "utf8")).toMatch(
      /^kasm_user:\$5\$kasm\$\S{43}:wo\nkasm_viewer:\$5\$kasm\$\S{43}:r\n$/,
    );
    expect(statSync(file).mode & 0o777).toBe(0o600);
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
    expect(output).not.toContain("secret-");
  });

  it("has the same certificate on all ports, made at the first boot and kept", async () => {
    const kept = new X509Certificate(readFileSync(join(folder, "home/.vnc/kasmix.pem"))).serialNumber;
    expect(await shownSerial(ports.browser)).toBe(kept);
    expect(await shownSerial(ports.uploads)).toBe(kept);
    expect(statSync(join(runtime(), "kasmvnc.pem")).mode & 0o777).toBe(0o600);
  });

  it("refuses plain HTTP", async () => {
    const socket = tcpConnect(ports.browser, "127.0.0.1");
    socket.end(`GET / HTTP/1.1\r\nHost: x\r\nAuthorization: ${OWNER}\r\n\r\n`);
    let received = "";
    socket.on("data", (chunk) => {
      received += chunk;
    });
    await once(socket, "close");
    expect(received).toBe("");
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
    process.kill(before?.pid ?? 0, "SIGKILL");
    await eventually(async () => {
      const states = await services();
      expect(states.display?.starts).toBeGreaterThan(before?.starts ?? 0);
      expect(states).toMatchObject({ display: { status: "ready" }, desktop: { status: "ready" } });
    });
    await desktopReady();
    expect(await fetchPath("/", OWNER)).toMatchObject({ status: 200 });
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
      websocketport: String(ports.browser),
      sslonly: true,
      blacklistthreshold: "5",
      publicip: "127.0.0.1",
      sendcuttext: false,
      acceptcuttext: true,
      ignoreclientsettingskasm: true,
      allowoverride: "desktop",
      dynamicqualitymin: "4",
      dynamicqualitymax: "7",
      headers: ["Cross-Origin-Embedder-Policy=require-corp", "Cross-Origin-Opener-Policy=same-origin"],
    });
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

  // The ready file of the killed container stayed until the certificate was there.
  it("is not ready while it starts again after a kill", async () => {
    const ready = join(folder, "tmp/kasmix/desktop.ready");
    mkdirSync(join(folder, "tmp/kasmix"));
    writeFileSync(ready, "");
    mkdirSync(join(folder, "bin"));
    // A pipe that never delivers a certificate, and ends with its reader.
    writeFileSync(join(folder, "bin/openssl"), "#!/bin/sh\nexec cat > /dev/null\n", { mode: 0o755 });
    boot({ PATH: `${folder}/bin:${FIXTURES}/bin:${process.env.PATH}` });
    await eventually(() => expect(existsSync(ready)).toBe(false));
    expect(events("service")).toEqual([]);
  });

  it("offers the home's downloads to the owner, but to nobody when there are viewers", async () => {
    mkdirSync(join(folder, "home/Downloads"));
    writeFileSync(join(folder, "home/Downloads/report.txt"), "figures");
    boot({ VNC_VIEW_ONLY_PW: "" });
    await desktopReady();
    const path = "/Downloads/Downloads/report.txt";
    expect(await fetchPath(path, OWNER)).toEqual({ status: 200, body: "figures" });
    expect(await fetchPath("/app/ui.js", OWNER)).toMatchObject({ status: 200 });
    container.kill("SIGTERM");
    await once(container, "exit");
    boot();
    await desktopReady();
    expect(await fetchPath(path, OWNER)).toMatchObject({ status: 404 });
  });

  it("makes a password when none is given, which KasmVNC accepts", async () => {
    boot({ VNC_PW: "" });
    await desktopReady();
    const password = readFileSync(join(folder, "home/.config/kasmix/password"), "utf8").trim();
    expect(await fetchPath("/", basic("kasm_user", password))).toMatchObject({ status: 200 });
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
