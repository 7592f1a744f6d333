import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Change, feed, watchOneChange } from "../../../src/runtime/rfb/client.ts";

const bytes = (...parts: (number | string | Buffer)[]) =>
  Buffer.concat(parts.map((part) => (typeof part === "number" ? Buffer.of(part) : Buffer.from(part))));
const u16 = (value: number) => Buffer.of(value >> 8, value & 255);
const u32 = (value: number) => Buffer.concat([u16((value >> 16) & 0xffff), u16(value & 0xffff)]);

function greeting(width: number, height: number): Buffer {
  const size = [u16(width), u16(height)];
  return bytes("RFB 003.008\n", 2, 16, 1, u32(0), ...size, Buffer.alloc(16), u32(4), "desk");
}

function rectangle(x: number, y: number, width: number, height: number): Buffer {
  return bytes(...[x, y, width, height].map(u16), u32(0), Buffer.alloc(width * height, 7));
}

const resized = (width: number, height: number) =>
  bytes(u16(0), u16(0), u16(width), u16(height), u32(-223 >>> 0));
const update = (...rectangles: Buffer[]) => bytes(0, 0, u16(rectangles.length), ...rectangles);

/** Feeds a stream cut into pieces: what the client sent, and its result if it has ended. */
function run(stream: Buffer, pieces: readonly number[] = [stream.length]) {
  const sent: Buffer[] = [];
  let wholes = 0;
  let change: Change | undefined;
  const client = watchOneChange(
    (message) => sent.push(message),
    () => {
      wholes += 1;
    },
  );
  const take = feed(client);
  for (let at = 0, piece = 0; at < stream.length && !change; piece += 1) {
    const length = pieces[piece % pieces.length] as number;
    const next = take(stream.subarray(at, at + length));
    if (next.done) change = next.value;
    at += length;
  }
  return { sent, wholes, change };
}

const whole = update(rectangle(0, 0, 4, 1), rectangle(0, 1, 4, 1));
const part = update(rectangle(0, 0, 1, 2));

describe("one change of the picture", () => {
  it.each([
    ["what is drawn", [whole, part], { width: 4, height: 2, drawn: 2 }],
    [
      "a part that is drawn twice",
      [whole, update(rectangle(0, 0, 1, 2), rectangle(0, 0, 1, 1))],
      { width: 4, height: 2, drawn: 3 },
    ],
    ["a new size, which is all new", [whole, update(resized(3, 3))], { width: 3, height: 3, drawn: 9 }],
    [
      "what follows a picture that comes in parts",
      [update(rectangle(0, 0, 4, 1)), update(rectangle(0, 1, 4, 1)), part],
      { width: 4, height: 2, drawn: 2 },
    ],
    [
      "what follows a size that comes before the picture",
      [update(resized(2, 1)), update(rectangle(0, 0, 2, 1)), update(rectangle(0, 0, 1, 1))],
      { width: 2, height: 1, drawn: 1 },
    ],
  ])("is %s", (_, parts, expected) => {
    const { wholes, change } = run(bytes(greeting(4, 2), ...parts));
    expect(change).toEqual(expected);
    expect(wholes).toBe(1);
  });

  it("is waited for until the whole picture has come", () => {
    const { wholes, change } = run(bytes(greeting(4, 2), part, part));
    expect(change).toBeUndefined();
    expect(wholes).toBe(0);
  });

  it("is found however the stream is cut, and whatever else the server sends", () => {
    const noise = fc.constantFrom(
      bytes(2),
      bytes(3, 0, 0, 0, u32(5), "hello"),
      bytes(3, 0, 0, 0, u32(70_000), Buffer.alloc(70_000)),
      bytes(1, 0, u16(0), u16(2), Buffer.alloc(12)),
    );
    const pieces = fc.array(fc.integer({ min: 1, max: 5_000 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(fc.array(noise, { maxLength: 2 }), pieces, (others, cut) => {
        const { change } = run(bytes(greeting(4, 2), ...others, whole, ...others, part), cut);
        expect(change).toEqual({ width: 4, height: 2, drawn: 2 });
      }),
    );
  });

  it("is asked for in one byte per pixel, wholly at first and from then on by changes", () => {
    const { sent } = run(bytes(greeting(4, 2), whole));
    const request = (incremental: number) => bytes(3, incremental, u32(0), u16(4), u16(2));
    expect(Buffer.concat(sent.slice(0, 3)).toString("latin1")).toBe("RFB 003.008\n\x01\x01");
    const pixelFormat = bytes(0, 0, 0, 0, 8, 8, 0, 1, u16(7), u16(7), u16(3), 0, 3, 6, 0, 0, 0);
    const encodings = bytes(2, 0, u16(2), u32(0), u32(-223 >>> 0));
    expect(sent[3]).toEqual(bytes(pixelFormat, encodings, request(0)));
    expect(sent.slice(4)).toEqual([request(1)]);
  });

  it.each([
    ["another protocol", bytes("HTTP/1.1 400 Bad Request\r\n")],
    ["an older version", bytes("RFB 003.003\n")],
    ["a password", bytes("RFB 003.008\n", 1, 2)],
    ["a refusal", bytes("RFB 003.008\n", 0, u32(2), "no")],
    ["a refusal after the security type", bytes("RFB 003.008\n", 1, 1, u32(1))],
    ["an unknown message", bytes(greeting(2, 2), 150)],
    ["an encoding that was not asked for", bytes(greeting(2, 2), 0, 0, u16(1), Buffer.alloc(8), u32(7))],
  ])("is given up for %s", (_, stream) => {
    expect(() => run(stream)).toThrow("the display server");
  });
});
