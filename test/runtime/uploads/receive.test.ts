import { randomBytes } from "node:crypto";
import { EventEmitter } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import { expect, it, onTestFinished } from "vitest";
import { receive } from "../../../src/runtime/uploads/receive.ts";

const MEGABYTE = 1024 ** 2;

/** A file on a disk that writes one chunk per turn of the event loop. */
function slowFile(onWrite: (bytes: number) => void): FileHandle {
  const createWriteStream = ({ highWaterMark }: { highWaterMark: number }) => {
    const sink = new Writable({
      highWaterMark,
      write(chunk: Buffer, _encoding, done) {
        setImmediate(() => {
          onWrite(chunk.length);
          done();
        });
      },
    });
    return Object.assign(sink, { bytesWritten: 0 });
  };
  return Object.assign(new EventEmitter(), { createWriteStream }) as unknown as FileHandle;
}

it("a sender waits while the disk is slow, so that an upload of any size needs little memory", async () => {
  let [sent, written, most] = [0, 0, 0];
  const blocks = (function* () {
    for (let count = 0; count < 200; count += 1) {
      sent += MEGABYTE;
      most = Math.max(most, sent - written);
      yield Buffer.alloc(MEGABYTE);
    }
  })();
  const file = slowFile((bytes) => {
    written += bytes;
  });
  await receive(Readable.from(blocks, { objectMode: false }), file, 0, 200 * MEGABYTE);
  expect(written).toBe(200 * MEGABYTE);
  expect(most).toBeLessThanOrEqual(5 * MEGABYTE);
});

it("bytes are written at their offset, and those before it stay", async () => {
  const folder = mkdtempSync(join(tmpdir(), "kasmix-receive-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "file");
  const [first, second] = [randomBytes(3 * MEGABYTE), randomBytes(2 * MEGABYTE)];
  expect(await receive(Readable.from([first]), await open(path, "w"), 0, first.length)).toBe(first.length);
  const rest = await open(path, "r+");
  expect(await receive(Readable.from([second]), rest, first.length, second.length)).toBe(second.length);
  expect(readFileSync(path).equals(Buffer.concat([first, second]))).toBe(true);
});

it("more bytes than announced are refused", async () => {
  const file = slowFile(() => {});
  await expect(receive(Readable.from([Buffer.alloc(11)]), file, 0, 10)).rejects.toMatchObject({
    status: 413,
  });
});
