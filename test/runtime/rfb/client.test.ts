import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { feed, watchOneChange, watchUntilPainted } from "../../../src/runtime/rfb/client.ts";

/** A rectangle of one colour in parts of the screen, so that it fits whatever size the screen has. */
interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly colour: number;
}

interface Update {
  readonly noise: readonly Buffer[];
  readonly rectangles: readonly Rectangle[];
  /** The size that the screen has from then on. */
  readonly resize: readonly [number, number] | undefined;
}

const bytes = (...parts: (number | string | Buffer)[]) =>
  Buffer.concat(parts.map((part) => (typeof part === "number" ? Buffer.of(part) : Buffer.from(part))));
const u16 = (value: number) => Buffer.of(value >> 8, value & 255);
const u32 = (value: number) => Buffer.concat([u16((value >> 16) & 0xffff), u16(value & 0xffff)]);

function greeting(width: number, height: number): Buffer {
  const size = [u16(width), u16(height)];
  return bytes("RFB 003.008\n", 2, 16, 1, u32(0), ...size, Buffer.alloc(16), u32(4), "desk");
}

function rectangle(x: number, y: number, width: number, height: number, colour: number): Buffer {
  return bytes(
    ...[x, y, width, height].map(u16),
    ...[u32(0), Buffer.alloc(Math.max(0, width * height), colour)],
  );
}

const resized = (width: number, height: number) =>
  bytes(u16(0), u16(0), u16(width), u16(height), u32(-223 >>> 0));
const update = (...rectangles: Buffer[]) => bytes(0, 0, u16(rectangles.length), ...rectangles);

/** What a server says, and after how many bytes of it the picture is painted, by counting the plain way. */
function script([width, height]: readonly [number, number], updates: readonly Update[]) {
  let screen = new Array<number>(width * height).fill(0);
  let stream = greeting(width, height);
  let painted: number | undefined;
  let requests = [0];
  for (const { noise, rectangles, resize } of updates) {
    const drawn = rectangles.map((part) => {
      const [left, top] = [Math.floor(part.x * width), Math.floor(part.y * height)];
      const [wide, high] = [
        Math.floor(part.width * (width - left + 1)),
        Math.floor(part.height * (height - top + 1)),
      ];
      screen = screen.map((old, index) => {
        const [x, y] = [index % width, Math.floor(index / width)];
        return x >= left && x < left + wide && y >= top && y < top + high ? part.colour : old;
      });
      return rectangle(left, top, wide, high, part.colour);
    });
    if (resize) {
      [width, height] = resize;
      screen = new Array<number>(width * height).fill(0);
      drawn.push(resized(width, height));
    }
    stream = Buffer.concat([stream, ...noise, update(...drawn)]);
    if (screen.filter((pixel) => pixel === 0).length * 2 < screen.length) {
      painted = stream.length;
      break;
    }
    requests = [...requests, resize ? 0 : 1];
  }
  return { stream, painted, requests };
}

const size = fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }));
const fraction = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const noise = fc.constantFrom(
  bytes(2),
  bytes(3, 0, 0, 0, u32(5), "hello"),
  bytes(3, 0, 0, 0, u32(70_000), Buffer.alloc(70_000)),
  bytes(1, 0, u16(0), u16(2), Buffer.alloc(12)),
);
const updates = fc.array(
  fc.record({
    noise: fc.array(noise, { maxLength: 1 }),
    rectangles: fc.array(
      fc.record({
        ...{ x: fraction, y: fraction, width: fraction, height: fraction },
        colour: fc.constantFrom(0, 1, 255),
      }),
      { maxLength: 4 },
    ),
    resize: fc.option(size, { nil: undefined, freq: 5 }),
  }),
  { minLength: 1, maxLength: 8 },
);

/** Feeds a stream cut into pieces; gives what the client sent and how many bytes had come when it ended. */
function run(stream: Buffer, pieces: readonly number[] = []) {
  const sent: Buffer[] = [];
  const take = feed(watchUntilPainted((message) => sent.push(message)));
  for (let at = 0, piece = 0; at < stream.length; piece += 1) {
    const length = pieces[piece % pieces.length] ?? stream.length;
    if (take(stream.subarray(at, at + length))) return { sent, ended: [at, at + length] as const };
    at += length;
  }
  return { sent, ended: undefined };
}

describe("the display's picture", () => {
  it("is painted when less than half of it is black, however the stream is cut", () => {
    const pieces = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(size, updates, pieces, (first, all, cut) => {
        const { stream, painted, requests } = script(first, all);
        const { sent, ended } = run(stream, cut);
        if (painted === undefined) expect(ended).toBeUndefined();
        else {
          expect(ended?.[0]).toBeLessThan(painted);
          expect(ended?.[1]).toBeGreaterThanOrEqual(painted);
        }
        expect(sent.slice(4).map((request) => request[1])).toEqual(requests);
      }),
    );
  });

  it("is asked for in one byte per pixel, wholly at first and after a new size, else only the changes", () => {
    const stream = bytes(
      greeting(4, 2),
      update(rectangle(0, 0, 4, 1, 7)),
      update(resized(6, 3)),
      update(rectangle(0, 0, 6, 1, 7)),
    );
    const request = (incremental: number, width: number, height: number) =>
      bytes(3, incremental, u32(0), u16(width), u16(height));
    const { sent, ended } = run(stream);
    expect(ended).toBeUndefined();
    expect(Buffer.concat(sent.slice(0, 3)).toString("latin1")).toBe("RFB 003.008\n\x01\x01");
    expect([...(sent[3]?.subarray(4, 8) ?? [])]).toEqual([8, 8, 0, 1]);
    expect(sent.slice(4)).toEqual([request(0, 4, 2), request(1, 4, 2), request(0, 6, 3), request(1, 6, 3)]);
  });

  it.each([
    ["another protocol", bytes("HTTP/1.1 400 Bad Request\r\n")],
    ["an older one", bytes("RFB 003.003\n")],
    ["a password", bytes("RFB 003.008\n", 1, 2)],
    ["a refusal", bytes("RFB 003.008\n", 0, u32(2), "no")],
    ["a refusal after all", bytes("RFB 003.008\n", 1, 1, u32(1))],
    ["a screen too large to keep", greeting(65_535, 65_535)],
    ["an unknown message", bytes(greeting(2, 2), 150)],
    ["an encoding not asked for", bytes(greeting(2, 2), 0, 0, u16(1), Buffer.alloc(8), u32(7))],
    ["a rectangle beyond the screen", bytes(greeting(2, 2), update(rectangle(1, 1, 2, 1, 1)))],
  ])("is given up for %s", (_, stream) => {
    expect(() => run(stream)).toThrow(/the display server|too large/);
  });

  it("is never taken for painted on bytes that are no RFB", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), (garbage) => {
        const take = feed(watchUntilPainted(() => {}));
        take(greeting(8, 8));
        try {
          expect(take(Buffer.from(garbage.map((byte) => byte | 4)))).toBe(false);
        } catch (error) {
          expect(String(error)).toMatch(/unknown type/);
        }
      }),
    );
  });
});

describe("one change of the picture", () => {
  const whole = update(rectangle(0, 0, 4, 1, 7), rectangle(0, 1, 4, 1, 0));
  const part = update(rectangle(0, 0, 1, 2, 9));

  it.each([
    ["what is drawn", [whole, part], ["whole", "4x2: 2"]],
    [
      "a part that is drawn twice",
      [whole, update(rectangle(0, 0, 1, 2, 9), rectangle(0, 0, 1, 1, 9))],
      ["whole", "4x2: 3"],
    ],
    ["a new size, which is all new", [whole, update(resized(3, 3))], ["whole", "3x3: 9"]],
    ["nothing before the picture is all there", [part, part], []],
    [
      "a picture that comes in parts",
      [update(rectangle(0, 0, 4, 1, 7)), update(rectangle(0, 1, 4, 1, 7)), part],
      ["whole", "4x2: 2"],
    ],
    [
      "a size that comes before the picture",
      [update(resized(2, 1)), update(rectangle(0, 0, 2, 1, 5)), update(rectangle(0, 0, 1, 1, 6))],
      ["whole", "2x1: 1"],
    ],
  ])("is %s", (_, parts, expected) => {
    const told: string[] = [];
    const take = feed(
      watchOneChange(() => {}, {
        onWhole: () => void told.push("whole"),
        onChange: ({ width, height, drawn }) => void told.push(`${width}x${height}: ${drawn}`),
      }),
    );
    const isOver = take(bytes(greeting(4, 2), ...parts));
    expect(told).toEqual(expected);
    expect(isOver).toBe(expected.length === 2);
  });
});
