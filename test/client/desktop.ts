import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import type { Duplex } from "node:stream";
import { promisify } from "node:util";
import { expect } from "vitest";
import { buildClient } from "../../src/client/build.ts";
import { writeXauthority } from "../../src/runtime/boot/xauthority.ts";
import { openCamera } from "../../src/runtime/camera/open.ts";
import { openClipboard } from "../../src/runtime/clipboard/open.ts";
import { findEntry, type SocketRoute } from "../../src/runtime/gateway/route.ts";
import type { Role } from "../../src/runtime/gateway/users.ts";
import { createWebsockify } from "../../src/runtime/gateway/websockify.ts";
import type { Log } from "../../src/runtime/log/log.ts";
import { pointerService } from "../../src/runtime/pointer/open.ts";
import { openScreen } from "../../src/runtime/screen/open.ts";
import { keepKeysSpare } from "../../src/runtime/session/keyboard/keep.ts";
import { sidePorts } from "../../src/runtime/side/ports.ts";
import type { SideOptions, SideService } from "../../src/runtime/side/service.ts";
import { connectX } from "../../src/runtime/x11/connect.ts";
import { GATEWAY_HEADER } from "../../src/wire/answer.ts";
import { filmPicture } from "../bench/picture/content/film.ts";
import { createScene } from "../bench/picture/content/scenes.ts";
import type { Content } from "../bench/picture/contents.ts";
import { watchScreen } from "../bench/rfb.ts";
import { HEADLESS } from "../helpers/chromium.ts";
import { eventually, PATIENCE } from "../helpers/eventually.ts";
import type { Picture } from "../helpers/picture.ts";
import { memoryLog } from "../runtime/memory-log.ts";
import { type ScreenTap, tapScreen } from "./screen-tap.ts";

const run = promisify(execFile);
const programs = [
  HEADLESS.executablePath,
  ...["Xtigervnc", "xterm", "xclip", "xdpyinfo", "xsetroot"].map((name) => `/usr/bin/${name}`),
];

/** Programs that these tests need and this machine lacks. */
export const missingPrograms = programs.filter((program) => !existsSync(program));

const PHOTOGRAPH: Content = { name: "text", title: "", width: 1_281, height: 801, rate: 60, viewers: [1] };

/** The strict content policy of the gateway. */
const policy =
  "default-src 'self'; img-src 'self' data: blob:; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".webmanifest": "application/manifest+json",
  ".txt": "text/plain; charset=utf-8",
};

/**
 * A real X desktop (Xtigervnc with one xterm over a painted root) and a relay that serves the client in front of it,
 * with the picture's stream if there is a screen encoder.
 */
export async function startDesktop({ encoder }: { readonly encoder?: string } = {}) {
  const folder = await mkdtemp(join(tmpdir(), "kasmix-client-"));
  const socket = join(folder, "rfb.sock");
  await buildClient(join(folder, "www"));
  const { server, display } = await startX(socket);
  const x = <T extends string[]>(program: string, ...args: T) =>
    run(program, args, { env: { ...process.env, DISPLAY: display }, timeout: PATIENCE });
  await x("xsetroot", "-solid", "#35506e");
  const terminal = await startTerminal(folder, display);
  const path = `/tmp/.X11-unix/X${display.slice(1)}`;
  const mouse = pointerService({ path, readCookie: () => Buffer.alloc(0), log: silent });
  // The server lets programs of its user in without a cookie, but the clipboard reads one.
  writeXauthority([join(folder, "Xauthority")], Number(display.slice(1)));
  const screen = encoder === undefined ? undefined : openPicture(folder, display, encoder);
  const [route] = screen?.sockets ?? [];
  const tap = route && (await tapScreen(route));
  let onScale = (_: number) => {};
  const scaled = (scale: number) => onScale(scale);
  const relayTo = (at = 0) =>
    startRelay({ folder, socket, mouse, display, at, stream: tap?.route, onScale: scaled });
  let relay = await relayTo();
  const { port } = relay.server.address() as AddressInfo;
  let animation: ChildProcess | undefined;
  return {
    folder,
    /** Socket of the X server, which needs no cookie. */
    path,
    url: `http://127.0.0.1:${port}/`,
    /** Refuses every request as with outdated credentials, or accepts them again. */
    refuse: (refused: boolean) => relay.refuse(refused),
    killRelay: () => relay.close(),
    /** The role of everybody who connects from now on. */
    admit: (role: Role) => relay.admit(role),
    /** Restarts the relay, if it was killed. */
    async startRelay(): Promise<void> {
      if (!relay.server.listening) relay = await relayTo(port);
    },
    async size(): Promise<string | undefined> {
      return /dimensions:\s+(\d+x\d+)/.exec((await x("xdpyinfo")).stdout)?.[1];
    },
    /** Between the pages and the stream's server. Throws without a stream. */
    get tap(): ScreenTap {
      if (tap === undefined) throw new Error("this desktop has no stream");
      return tap;
    },
    /** Lets text scroll in a window, or closes that. */
    async animate(isOn: boolean): Promise<void> {
      if (animation !== undefined) await end(animation);
      animation = undefined;
      if (!isOn) return;
      // A busy machine does not reach 60 pictures a second anyway, and these spare it. The numbers go on: who looks only
      // between two pages of the same numbers sees no change, and RFB sends none.
      const scroll = "n=1000000000; while :; do n=$((n + 97)); seq $n $((n + 99)); sleep 0.03; done";
      animation = spawn("xterm", ["-geometry", "90x30+300+250", "-e", "sh", "-c", scroll], {
        env: { ...process.env, DISPLAY: display },
        stdio: "ignore",
      });
    },
    /** Covers the desktop with a photograph that can be scrolled; `end` takes it away. */
    async showPhotograph(): Promise<{ scroll(isOn: boolean): void; end(): void }> {
      const connection = await connectX(path, Buffer.alloc(0));
      const scene = createScene(
        connection,
        PHOTOGRAPH,
        filmPicture(0, PHOTOGRAPH.width, 2 * PHOTOGRAPH.height),
      );
      let [turn, timer]: [number, NodeJS.Timeout | undefined] = [0, undefined];
      const move = () => {
        for (const request of scene.draw(turn++)) connection.send(request);
      };
      const scroll = (isOn: boolean) => {
        clearInterval(timer);
        if (isOn) timer = setInterval(move, 16);
      };
      const end = () => {
        scroll(false);
        connection.close();
      };
      return { scroll, end };
    },
    /** Fills the root window with one of 16 greys; a higher number begins anew. */
    async shade(number: number): Promise<void> {
      const level = (16 * (number % 16) + 7).toString(16).padStart(2, "0");
      await x("xsetroot", "-solid", `#${level.repeat(3)}`);
    },
    /** Changes the shape of the mouse pointer over the root window. */
    point: (shape: string) => x("xsetroot", "-cursor_name", shape),
    /** What the display server has on its screen. */
    async picture(): Promise<Picture> {
      const viewer = { url: `ws://127.0.0.1:${port}/websockify`, user: "", password: "" };
      const { width, height, pixels } = await watchScreen(
        { ...viewer, signal: AbortSignal.timeout(PATIENCE) },
        () => true,
      );
      return { width, height, pixel: (x, y) => pixels.readUIntLE((y * width + x) * 4, 3) };
    },
    /** Calls back with the scale that the leading window wants from now on, instead of the listener before. */
    onScale(listener: (scale: number) => void): void {
      onScale = listener;
    },
    /** Paints the desktop's background as xsetroot does. */
    async paint(...options: string[]): Promise<void> {
      await x("xsetroot", ...options);
    },
    async clipboard(): Promise<string> {
      return (await x("xclip", "-selection", "clipboard", "-o")).stdout;
    },
    async copy(text: string): Promise<void> {
      // xclip stays running as the selection's owner.
      const owner = spawn("xclip", ["-selection", "clipboard", "-i"], {
        env: { ...process.env, DISPLAY: display },
        stdio: ["pipe", "ignore", "ignore"],
      });
      owner.stdin.end(text);
      await once(owner, "exit");
    },
    async stop(): Promise<void> {
      if (animation !== undefined) await end(animation);
      await relay.close();
      tap?.close();
      screen?.close();
      mouse.close();
      await end(terminal);
      await end(server);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A log that throws on warnings and errors. */
const silent = {
  info() {},
  warn: complain,
  error: complain,
} as unknown as Log;

function complain(fields: object): never {
  throw new Error(JSON.stringify(fields));
}

/** An xterm that takes keys: what came before its window was there went nowhere. */
async function startTerminal(folder: string, display: string): Promise<ChildProcess> {
  const ready = join(folder, "terminal.ready");
  const pasting = "XTerm*VT100.translations: #override Ctrl Shift <Key>V: insert-selection(CLIPBOARD)";
  const options = ["-xrm", "XTerm*waitForMap: true", "-xrm", pasting, "-geometry", "80x24+40+40"];
  const terminal = spawn("xterm", [...options, "-e", "sh", "-c", `: > ${ready}; exec sh`], {
    env: { ...process.env, DISPLAY: display, PS1: "$ ", ENV: "" },
    cwd: folder,
    stdio: "ignore",
  });
  await eventually(() => expect(existsSync(ready)).toBe(true), { timeout: PATIENCE });
  return terminal;
}

async function startX(socket: string): Promise<{ server: ChildProcess; display: string }> {
  const options = ["-displayfd", "3", "-rfbunixpath", socket, "-rfbport", "-1", "-SecurityTypes", "None"];
  const server = spawn("Xtigervnc", [...options, "-geometry", "1024x700", "-depth", "24"], {
    stdio: ["ignore", "ignore", "ignore", "pipe"],
  });
  const pipe = server.stdio[3];
  if (pipe === null || pipe === undefined) throw new Error("Xtigervnc has no display pipe");
  const [chunk] = (await once(pipe, "data")) as [Buffer];
  const number = chunk.toString().trim();
  await keepKeysSpare(`/tmp/.X11-unix/X${number}`, () => Buffer.alloc(0), silent);
  return { server, display: `:${number}` };
}

/** The picture's stream of a display. */
function openPicture(folder: string, display: string, encoder: string): SideService | undefined {
  const { log } = memoryLog();
  return openScreen({
    environment: { PATH: process.env.PATH, DISPLAY: display, KASMIX_SCREEN_ENCODER: encoder },
    directories: { home: folder, runtime: folder } as SideOptions["directories"],
    ports: sidePorts({}, log),
    frameRate: 60,
    log,
  });
}

const OWN = { [GATEWAY_HEADER]: "1" };

interface RelayOptions {
  /** Folder with the client's files in `www`. */
  readonly folder: string;
  /** Socket of the display server. */
  readonly socket: string;
  readonly mouse: SideService;
  readonly display: string;
  /** Port to listen on; 0 for any. */
  readonly at: number;
  /** The WebSocket of the picture's stream, if there is one. */
  readonly stream: SocketRoute | undefined;
  readonly onScale: (scale: number) => void;
}

/** What the gateway does for the page, over plain HTTP and without passwords. */
async function startRelay({ folder, socket, mouse, display, at, stream, onScale }: RelayOptions) {
  let [refused, role]: [boolean, Role] = [false, "owner"];
  const { log } = memoryLog();
  const directories = { home: folder, runtime: folder } as SideOptions["directories"];
  const options = { environment: { DISPLAY: display }, directories, ports: sidePorts({}, log), log };
  const [clipboard, camera] = [openClipboard(options), openCamera(options)];
  const screen = createWebsockify({ target: socket, onScale, log });
  const server = createServer(async (request, response) => {
    const path = new URL(request.url ?? "/", "http://relay").pathname;
    if (path === "/api/services") {
      response.writeHead(refused ? 401 : 200, {
        ...OWN,
        "content-type": "application/json",
        "kasmix-role": role,
      });
      return response.end(
        JSON.stringify({
          clipboard: clipboard.facts?.(),
          camera: {},
          gamepad: {},
          ...(stream && { screen: {} }),
        }),
      );
    }
    const route = findEntry(clipboard.routes ?? [], path);
    if (route) response.setHeader(GATEWAY_HEADER, "1");
    if (route && !refused) return await route.handle({ request, response, path, role });
    const file = path.endsWith("/") ? "index.html" : path.slice(1);
    const body = await readFile(join(folder, "www", file)).catch(() => null);
    const status = refused ? 401 : body === null ? 404 : 200;
    response.writeHead(status, {
      ...OWN,
      "content-type": types[extname(file)] ?? "",
      "content-security-policy": policy,
    });
    response.end(status === 200 ? body : "");
  });
  const connections = new Set<Duplex>();
  const end = () => {
    for (const connection of connections) connection.destroy();
  };
  const routes = [
    { path: "/websockify", upgrade: screen.upgrade },
    ...(mouse.sockets ?? []),
    ...(clipboard.sockets ?? []),
    ...(camera.sockets ?? []),
    ...(stream ? [stream] : []),
  ];
  server.on("upgrade", (request, connection, head) => {
    // A page that is closed meanwhile.
    connection.on("error", () => {});
    connections.add(connection.once("close", () => connections.delete(connection)));
    const route = findEntry(routes, request.url?.split("?")[0] ?? "");
    if (refused || !route) return connection.end("HTTP/1.1 401 Unauthorized\r\n\r\n");
    route.upgrade(request, connection, head, role, "kasm_user");
  });
  server.listen(at, "127.0.0.1");
  await once(server, "listening");
  return {
    server,
    refuse(value: boolean): void {
      refused = value;
      if (value) end();
    },
    admit(next: Role): void {
      role = next;
    },
    async close(): Promise<void> {
      end();
      clipboard.close();
      camera.close();
      server.closeAllConnections();
      if (server.listening) await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGTERM");
  await exited;
}
