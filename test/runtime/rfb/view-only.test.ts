import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { signInToLook, writeDisplayPasswords } from "../../../src/runtime/rfb/view-only.ts";
import { eventually, PATIENCE } from "../../helpers/eventually.ts";

/** SetEncodings: raw, ExtendedDesktopSize. A server that is asked for another size without it crashes. */
const RESIZABLE = Buffer.of(2, 0, 0, 2, 0, 0, 0, 0, 0xff, 0xff, 0xfe, 0xcc);
const run = promisify(execFile);
const missing = ["Xtigervnc", "xclip", "xdpyinfo"].filter((name) => !existsSync(`/usr/bin/${name}`));
const reason = missing.length > 0 ? ` (not run: ${missing.join(", ")} missing)` : "";
const title = `the display server with a viewer whose input the filter lets through${reason}`;
const noXdotool = existsSync("/usr/bin/xdotool") ? "" : " (not run: xdotool missing)";

// Without the filter, to show what the display server itself refuses.
describe.skipIf(missing.length > 0)(title, () => {
  const folder = mkdtempSync(join(tmpdir(), "kasmix-view-only-"));
  const [path, passwords] = [join(folder, "rfb.sock"), join(folder, "passwords")];
  let server: ChildProcess;
  let display = "";

  beforeAll(async () => {
    writeDisplayPasswords(passwords);
    const options = ["-rfbunixpath", path, "-rfbport", "-1", "-SecurityTypes", "None,VncAuth"];
    server = spawn(
      "Xtigervnc",
      [
        "-displayfd",
        "3",
        ...options,
        "-PasswordFile",
        passwords,
        "-AcceptSetDesktopSize",
        "-AlwaysShared",
        "-noreset",
      ],
      { stdio: ["ignore", "ignore", "ignore", "pipe"] },
    );
    const [chunk] = await once(server.stdio[3] as NodeJS.ReadableStream, "data");
    display = `:${String(chunk).trim()}`;
  });

  afterAll(async () => {
    server.kill();
    await once(server, "exit");
    rmSync(folder, { recursive: true });
  });

  const x = async (program: string, ...args: string[]) =>
    (await run(program, args, { env: { ...process.env, DISPLAY: display }, timeout: PATIENCE })).stdout;

  async function open(): Promise<Socket> {
    const socket = connect({ path });
    await once(socket, "connect");
    return socket;
  }

  /** A client that is signed in and past ServerInit, and what it receives from then on. */
  async function enter(look: boolean) {
    const socket = await open();
    if (look) await signInToLook(socket, passwords);
    else socket.write(Buffer.concat([Buffer.from("RFB 003.008\n"), Buffer.of(1)]));
    socket.write(Buffer.concat([Buffer.of(1), RESIZABLE]));
    const received: Buffer[] = [];
    socket.on("data", (chunk) => received.push(chunk));
    socket.resume();
    await eventually(() => expect(Buffer.concat(received).length).toBeGreaterThan(24));
    return { socket, received: () => Buffer.concat(received) };
  }

  const resize = (width: number, height: number) => {
    const message = Buffer.alloc(24);
    message[0] = 251;
    message.writeUInt16BE(width, 2);
    message.writeUInt16BE(height, 4);
    message[6] = 1;
    message.writeUInt16BE(width, 16);
    message.writeUInt16BE(height, 18);
    return message;
  };
  const cutText = (text: string) => {
    const head = Buffer.alloc(8);
    head[0] = 6;
    head.writeUInt32BE(text.length, 4);
    return Buffer.concat([head, Buffer.from(text)]);
  };
  const pointer = (at: number) => Buffer.of(5, 0, 0, at, 0, at);
  const where = async () => /x:\d+ y:\d+/.exec(await x("xdotool", "getmouselocation"))?.[0];

  it("ignores size and clipboard of a view-only client, and obeys the owner's", async () => {
    const size = async () => /dimensions:\s+(\S+)/.exec(await x("xdpyinfo"))?.[1];
    const before = await size();
    const looking = await enter(true);
    looking.socket.write(Buffer.concat([resize(640, 480), cutText("from the viewer"), pointer(7)]));
    const acting = await enter(false);
    acting.socket.write(cutText("from the owner"));
    await eventually(async () =>
      expect(await x("xclip", "-o", "-selection", "clipboard")).toBe("from the owner"),
    );
    expect(await size()).toBe(before);
    acting.socket.write(resize(640, 480));
    await eventually(async () => expect(await size()).toBe("640x480"));
    for (const { socket } of [looking, acting]) socket.destroy();
  });

  it.skipIf(noXdotool !== "")(`moves the pointer for the owner only${noXdotool}`, async () => {
    const looking = await enter(true);
    looking.socket.write(pointer(33));
    const acting = await enter(false);
    acting.socket.write(pointer(44));
    await eventually(async () => expect(await where()).toBe("x:44 y:44"));
    looking.socket.write(pointer(33));
    acting.socket.write(pointer(45));
    await eventually(async () => expect(await where()).toBe("x:45 y:45"));
    for (const { socket } of [looking, acting]) socket.destroy();
  });

  it("keeps the clipboard from a view-only client", async () => {
    const [looking, acting] = [await enter(true), await enter(false)];
    const owner = spawn("xclip", ["-selection", "clipboard", "-i"], {
      env: { ...process.env, DISPLAY: display },
      stdio: ["pipe", "ignore", "ignore"],
    });
    owner.stdin.end("a password");
    await eventually(() => expect(acting.received().includes("a password")).toBe(true));
    expect(looking.received().includes("a password")).toBe(false);
    for (const { socket } of [looking, acting]) socket.destroy();
  });

  it("refuses another password", async () => {
    const others = join(folder, "others");
    writeDisplayPasswords(others);
    const socket = await open();
    await expect(signInToLook(socket, others)).rejects.toThrow("refuses");
    socket.destroy();
  });
});

// The log said "AbortError" for every reason, and a refusal was noticed only after the timeout.
describe("the reason why a viewer is refused", () => {
  const version = Buffer.from("RFB 003.008\n");

  it.each([
    [
      "the display accepts no client now",
      (socket: Socket) => socket.write(Buffer.concat([version, Buffer.of(0)])),
    ],
    [
      "the display has no view-only password",
      (socket: Socket) => socket.write(Buffer.concat([version, Buffer.of(1, 1)])),
    ],
    ["the display closed the connection", (socket: Socket) => socket.end(version)],
    ["the end came too early", (socket: Socket) => socket.end(version.subarray(0, 5))],
  ])("is told: %s", async (reason, serve) => {
    const folder = mkdtempSync(join(tmpdir(), "kasmix-view-only-"));
    const server = createServer((socket) => void serve(socket.on("error", () => {}))).listen(
      join(folder, "rfb"),
    );
    onTestFinished(() => {
      server.close();
      rmSync(folder, { recursive: true });
    });
    await once(server, "listening");
    const socket = connect({ path: join(folder, "rfb") });
    onTestFinished(() => void socket.destroy());
    await once(socket, "connect");
    await expect(signInToLook(socket, join(folder, "none"))).rejects.toThrow(reason);
  });
});
