import { type ChildProcess, execFile, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { watchPicture } from "../../../src/runtime/rfb/watch-painted.ts";
import { eventually, PATIENCE } from "../../helpers/eventually.ts";

const NEEDED = ["Xtigervnc", "xsetroot"];
const missing = NEEDED.filter((program) => spawnSync("which", [program]).status !== 0);
const reason = missing.length > 0 ? ` (not run: ${missing.join(", ")} missing)` : "";

const LONG = 100_000;
const FULL_REQUEST = Buffer.of(3, 0);
const INCREMENTAL_REQUEST = Buffer.of(3, 1);

let folder: string;
let path: string;
let relay: Server | undefined;
/** Every connection that came to the relay, with what the watcher wrote to it. */
let seen: { socket: Socket; written: Buffer }[];
let painted: number;
let endWatch: () => void;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kasmix-picture-"));
  path = join(folder, "rfb.sock");
  seen = [];
  painted = 0;
  endWatch = () => {};
});

afterEach(async () => {
  endWatch();
  for (const { socket } of seen) socket.destroy();
  if (relay) await new Promise((resolve) => relay?.close(resolve));
  relay = undefined;
  rmSync(folder, { recursive: true, force: true });
});

function watchIt(patience = LONG): void {
  const onPainted = () => {
    painted += 1;
  };
  endWatch = watchPicture(path, onPainted, patience);
}

/** A socket where the watcher looks, so that it can be seen what it does. */
async function listen(onConnection: (socket: Socket) => void = () => {}): Promise<void> {
  relay = createServer((socket) => {
    const connection = { socket, written: Buffer.alloc(0) };
    seen.push(connection);
    socket.on("error", () => {});
    socket.on("data", (chunk) => {
      connection.written = Buffer.concat([connection.written, chunk]);
    });
    onConnection(socket);
  }).listen(path);
  await once(relay, "listening");
}

const closed = () => eventually(() => expect(seen.every(({ socket }) => socket.destroyed)).toBe(true));

describe("a watched picture", () => {
  it("counts as painted after a while, because black may be meant", async () => {
    watchIt(50);
    expect(painted).toBe(0);
    await eventually(() => expect(painted).toBe(1));
  });

  it("is looked at again when the server is not there yet or goes away", async () => {
    watchIt();
    await listen((socket) => seen.length < 3 && socket.destroy());
    await eventually(() => expect(seen).toHaveLength(3));
    endWatch();
    await closed();
    expect(painted).toBe(0);
  });

  it("is not looked at again when the server speaks something else", async () => {
    await listen((socket) => socket.write("220 mail.example.org ESMTP\r\n"));
    watchIt(1_000);
    await eventually(() => expect(painted).toBe(1));
    expect(seen).toHaveLength(1);
    await closed();
  });
});

describe.skipIf(missing.length > 0)(`a real display's picture${reason}`, () => {
  let server: ChildProcess;
  let display: string;
  let home: string;

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), "kasmix-display-"));
    const options = ["-rfbunixpath", join(home, "rfb.sock"), "-rfbport", "-1", "-SecurityTypes", "None"];
    server = spawn(
      "Xtigervnc",
      ["-displayfd", "3", ...options, "-geometry", "800x600", "-depth", "24", "-noreset", "-AlwaysShared"],
      { stdio: ["ignore", "ignore", "ignore", "pipe"] },
    );
    const [chunk] = (await once(server.stdio[3] as NodeJS.ReadableStream, "data")) as [Buffer];
    display = `:${chunk.toString().trim()}`;
  });

  afterAll(async () => {
    server.kill();
    await once(server, "exit");
    rmSync(home, { recursive: true, force: true });
  });

  beforeEach(async () => {
    await x("xsetroot", "-solid", "black");
    await listen((socket) => {
      const upstream = connect(join(home, "rfb.sock"));
      upstream.on("error", () => socket.destroy()).on("close", () => socket.destroy());
      socket.on("close", () => upstream.destroy());
      socket.pipe(upstream).pipe(socket);
    });
  });

  const x = (program: string, ...args: string[]) =>
    promisify(execFile)(program, args, { env: { ...process.env, DISPLAY: display }, timeout: PATIENCE });
  /** It has got a picture and not been content with it: it asks for changes. */
  const unsatisfied = () =>
    eventually(() => expect(seen[0]?.written.includes(INCREMENTAL_REQUEST)).toBe(true));

  it("is not painted while it is black, but as soon as a colour fills it; no connection is left", async () => {
    watchIt();
    await unsatisfied();
    expect(painted).toBe(0);
    await x("xsetroot", "-solid", "#35506e");
    await eventually(() => expect(painted).toBe(1));
    await closed();
    expect(seen).toHaveLength(1);
  });

  it.each(["#1a1a1a", "#2e3440", "white", "#400000"])("is painted when it was %s before", async (colour) => {
    await x("xsetroot", "-solid", colour);
    watchIt();
    await eventually(() => expect(painted).toBe(1));
    expect(seen[0]?.written.includes(INCREMENTAL_REQUEST)).toBe(false);
  });

  it("is followed through a new size", async () => {
    watchIt();
    await unsatisfied();
    const wholes = () => seen[0]?.written.toString("latin1").split(FULL_REQUEST.toString("latin1")).length;
    const before = wholes();
    await x("xrandr", "--fb", "1024x768").catch(() => x("xrandr", "-s", "1024x768"));
    await eventually(() => expect(wholes()).toBeGreaterThan(before ?? 0));
    expect(painted).toBe(0);
    await x("xsetroot", "-solid", "#35506e");
    await eventually(() => expect(painted).toBe(1));
  });

  it("is left alone once nobody waits any more", async () => {
    watchIt();
    await unsatisfied();
    endWatch();
    await closed();
    await x("xsetroot", "-solid", "#35506e");
    expect(painted).toBe(0);
    expect(seen).toHaveLength(1);
  });
});
