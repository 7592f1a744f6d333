import { rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { connectX } from "../../../src/runtime/x11/connect.ts";
import { queryExtension } from "../../../src/runtime/x11/requests.ts";

const path = join(tmpdir(), `kasmix-x11-${process.pid}`);
let server: Server | undefined;

afterEach(() => {
  server?.close();
  rmSync(path, { force: true });
});

function listen(onClient: (socket: Socket) => void): Promise<void> {
  server = createServer((socket) => {
    socket.on("error", () => {});
    onClient(socket);
  });
  return new Promise((resolve) => server?.listen(path, resolve));
}

const ASKED = 12 + 20 + 16 + 3 * 12;

/** The setup reply of a server with one screen. */
function setup(): Buffer {
  const bytes = Buffer.alloc(8 + 32 + 8 + 8 + 40);
  bytes[0] = 1;
  bytes.writeUInt16LE((bytes.length - 8) / 4, 6);
  bytes.writeUInt32LE(0x40_0000, 12);
  bytes.writeUInt16LE(6, 24); // vendor, padded to 8
  bytes.writeUInt16LE(1000, 26);
  bytes[28] = 1;
  bytes[29] = 1; // one pixel format
  bytes.set([8, 255], 34);
  bytes.writeUInt32LE(77, 56);
  return bytes;
}

function message(kind: number, sequence: number, extra = 0): Buffer {
  const bytes = Buffer.alloc(32 + 4 * extra, kind);
  bytes.writeUInt16LE(sequence, 2);
  if (kind === 1) bytes.writeUInt32LE(extra, 4);
  return bytes;
}

describe("a connection to an X server", () => {
  it("fails when the server is missing, refuses, or closes the connection", async () => {
    await expect(connectX(path, Buffer.alloc(16))).rejects.toThrow("there is no X server");
    await listen((socket) => void socket.once("data", () => socket.write(Buffer.alloc(8))));
    await expect(connectX(path, Buffer.alloc(16))).rejects.toThrow("refuses");
    server?.close();
    rmSync(path, { force: true });
    await listen((socket) => socket.end());
    await expect(connectX(path, Buffer.alloc(16))).rejects.toThrow("there is no X server");
  });

  it("reads the greeting, and replies, errors and events however they are cut into pieces", async () => {
    const rest = [message(28, 0), message(1, 1, 5), message(0, 2), message(31, 2), message(1, 3)];
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 8 }), async (cuts) => {
        const write = async (socket: Socket, stream: Buffer) => {
          let at = 0;
          for (const cut of [...cuts, stream.length]) {
            socket.write(stream.subarray(at, at + cut));
            at += cut;
            await new Promise((resolve) => setImmediate(resolve));
          }
        };
        await listen((socket) => {
          let asked = 0;
          void write(socket, setup());
          socket.on("data", (chunk) => {
            const before = asked;
            asked += chunk.length;
            // The greeting with its cookie, and three requests.
            if (before < ASKED && asked >= ASKED) void write(socket, Buffer.concat(rest));
          });
        });
        const x = await connectX(path, Buffer.alloc(16));
        const events: number[] = [];
        x.onEvent((event) => void events.push(event[0] ?? 0));
        expect([x.root, x.keys, x.longestData]).toEqual([77, [8, 255], 3936]);
        expect([x.newId(), x.newId()]).toEqual([0x40_0000, 0x40_0001]);
        const [first, second, third] = [1, 2, 3].map(() => x.ask(queryExtension("X")));
        second?.catch(() => {});
        expect((await first)?.length).toBe(52);
        await expect(second).rejects.toThrow("error 0");
        expect((await third)?.length).toBe(32);
        expect(events.filter((kind) => kind === 31)).toHaveLength(1);
        x.close();
        await expect(x.ask(queryExtension("X"))).rejects.toThrow("gone");
        await new Promise((resolve) => server?.close(resolve));
      }),
      { numRuns: 30 },
    );
  });
});
