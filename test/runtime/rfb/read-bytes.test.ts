import { PassThrough } from "node:stream";
import { expect, it } from "vitest";
import { readBytes } from "../../../src/runtime/rfb/read-bytes.ts";

const never = new AbortController().signal;

// While some of the bytes were there, the process only read again: gateway and supervisor were blocked.
it("waits for bytes that come in pieces, without blocking the process", async () => {
  const stream = new PassThrough();
  stream.write("ab");
  const read = readBytes(stream, 4, never);
  setTimeout(() => stream.write("cdef"), 1);
  expect(String(await read)).toBe("abcd");
  expect(String(await readBytes(stream, 2, never))).toBe("ef");
  expect([stream.listenerCount("readable"), stream.listenerCount("error")]).toEqual([0, 0]);
});

it("rejects with the reason when bytes do not come", async () => {
  const stop = new AbortController();
  const stream = new PassThrough();
  const read = readBytes(stream, 4, stop.signal);
  stop.abort(new Error("over"));
  await expect(read).rejects.toThrow("over");
  await expect(readBytes(stream, 4, stop.signal)).rejects.toThrow("over");
  stream.end("ab");
  await expect(readBytes(stream, 4, never)).rejects.toThrow("too early");
});
