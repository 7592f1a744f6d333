import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { ViewerFilter, ViewerViolation } from "../../../src/runtime/rfb/viewer-filter.ts";

const HANDSHAKE = Buffer.concat([Buffer.from("RFB 003.008\n"), Buffer.from([1, 0])]);
const SHARED_HANDSHAKE = Buffer.concat([Buffer.from("RFB 003.008\n"), Buffer.from([1, 1])]);

const encodings = (...list: number[]) => {
  const message = Buffer.alloc(4 + 4 * list.length);
  message[0] = 2;
  message.writeUInt16BE(list.length, 2);
  for (const [index, encoding] of list.entries()) message.writeInt32BE(encoding, 4 + 4 * index);
  return message;
};

const message = (type: number, length: number, set: Record<number, number> = {}) => {
  const bytes = Buffer.alloc(length);
  bytes[0] = type;
  for (const [at, value] of Object.entries(set)) bytes[Number(at)] = value;
  return bytes;
};

const cutText = (length: number, announced: number) => {
  const bytes = Buffer.alloc(8 + length, 0x03);
  bytes[0] = 6;
  bytes.writeInt32BE(announced, 4);
  return bytes;
};

const PASSED: [string, Buffer][] = [
  ["SetPixelFormat", message(0, 20)],
  ["SetEncodings", encodings(7, 16, -239)],
  ["FramebufferUpdateRequest", message(3, 10)],
  ["EnableContinuousUpdates", message(150, 10)],
  ["ClientFence", message(248, 9 + 8, { 8: 8 })],
];

const DROPPED: [string, Buffer][] = [
  ["KeyEvent", message(4, 8)],
  ["PointerEvent", message(5, 6, { 1: 0xff })],
  ["ClientCutText", cutText(1000, 1000)],
  ["extended clipboard", cutText(40, -40)],
  ["SetDesktopSize", message(251, 8 + 32, { 6: 2 })],
  ["xvp", message(250, 4)],
  ["QEMU key event", message(255, 12)],
  ["QEMU audio", message(255, 10, { 1: 1, 3: 2 })],
];

describe("the messages of a viewer's client", () => {
  it.each(PASSED)("are passed on: %s", (_, bytes) => {
    expect(new ViewerFilter().push(Buffer.concat([HANDSHAKE, bytes]))).toEqual(
      Buffer.concat([SHARED_HANDSHAKE, bytes]),
    );
  });

  it.each(DROPPED)("are dropped: %s", (_, bytes) => {
    const update = message(3, 10);
    const passed = new ViewerFilter().push(Buffer.concat([HANDSHAKE, bytes, update]));
    expect(passed).toEqual(Buffer.concat([SHARED_HANDSHAKE, update]));
  });

  it.each([
    ["an unknown message", Buffer.concat([HANDSHAKE, Buffer.from([77])])],
    ["another protocol", Buffer.from("GET / HTTP/1.1\r\n")],
    ["RFB 3.3, where the server chooses", Buffer.from("RFB 003.003\n")],
    [
      "a security type the server does not offer",
      Buffer.concat([Buffer.from("RFB 003.008\n"), Buffer.from([2])]),
    ],
    ["encodings without end", Buffer.concat([HANDSHAKE, message(2, 4, { 2: 0xff, 3: 0xff })])],
  ])("end the connection: %s", (_, bytes) => {
    expect(() => new ViewerFilter().push(bytes)).toThrow(ViewerViolation);
  });

  it("cannot choose formats that the filter does not know", () => {
    const passed = new ViewerFilter().push(
      Buffer.concat([HANDSHAKE, encodings(7, -316, -258, 0xc0a1e5ce | 0)]),
    );
    expect(passed).toEqual(Buffer.concat([SHARED_HANDSHAKE, encodings(7)]));
  });

  const known = new Set([...PASSED, ...DROPPED].map(([, bytes]) => bytes[0]));
  const unknown = Array.from({ length: 256 }, (_, type) => type).filter((type) => !known.has(type));

  it.each(unknown)("end the connection with the unknown type %i", (type) => {
    expect(() => new ViewerFilter().push(Buffer.concat([HANDSHAKE, message(type, 64)]))).toThrow(
      ViewerViolation,
    );
  });

  // Each message was copied by itself: 4 MiB of tiny ones blocked the gateway for seconds.
  it("are read without copies, however many there are", () => {
    const filter = new ViewerFilter();
    filter.push(HANDSHAKE);
    const [move, update] = [message(5, 6), message(3, 10)];
    const many = [...Array(1_000).fill(move), ...Array(1_000).fill(update)];
    const cut = vi.spyOn(Buffer.prototype, "subarray");
    const passed = filter.push(Buffer.concat(many));
    const cuts = cut.mock.calls.length;
    cut.mockRestore();
    expect(passed).toEqual(Buffer.concat(Array(1_000).fill(update)));
    expect(cuts).toBeLessThan(10);
  });

  it("are filtered the same however they are cut into pieces", () => {
    const all = [...PASSED, ...DROPPED].map(([, bytes]) => bytes);
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...all)),
        fc.array(fc.integer({ min: 1, max: 50 })),
        (messages, cuts) => {
          const stream = Buffer.concat([HANDSHAKE, ...messages]);
          const filter = new ViewerFilter();
          const pieces: Buffer[] = [];
          let at = 0;
          for (const cut of [...cuts, stream.length]) {
            pieces.push(filter.push(stream.subarray(at, at + cut)));
            at += cut;
          }
          const expected = messages.filter((bytes) => PASSED.some(([, passed]) => passed === bytes));
          expect(Buffer.concat(pieces)).toEqual(Buffer.concat([SHARED_HANDSHAKE, ...expected]));
        },
      ),
    );
  });

  it("never contain input, whatever the bytes", () => {
    const all = [...PASSED, ...DROPPED].map(([, bytes]) => bytes);
    const piece = fc.oneof(fc.constantFrom(...all), fc.uint8Array({ maxLength: 40 }));
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const filter = new ViewerFilter();
        const passed: Uint8Array[] = [];
        try {
          passed.push(filter.push(HANDSHAKE));
          for (const bytes of pieces) passed.push(filter.push(Buffer.from(bytes)));
        } catch (error) {
          expect(error).toBeInstanceOf(ViewerViolation);
        }
        const stream = Buffer.concat(passed).subarray(SHARED_HANDSHAKE.length);
        for (const type of typesIn(stream)) expect([0, 2, 3, 150, 248]).toContain(type);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("a viewer that the gateway has signed in", () => {
  it.each([
    ["RFB 003.008\n", [1, 1, 0, 0, 0, 0]],
    ["RFB 003.007\n", [1, 1]],
  ])("gets the display's half of the handshake of %j from the filter", (version, expected) => {
    const answers: Uint8Array[] = [];
    const filter = new ViewerFilter((bytes) => void answers.push(bytes));
    const update = message(3, 10);
    const passed = filter.push(Buffer.concat([Buffer.from(version), Buffer.from([1, 0]), update]));
    expect([...Buffer.concat(answers)]).toEqual(expected);
    expect(passed).toEqual(Buffer.concat([Buffer.from([1]), update]));
  });
});

/** Types of the messages in a stream, read by other code than the filter's. */
function typesIn(stream: Buffer): number[] {
  const types: number[] = [];
  for (let at = 0; at < stream.length; ) {
    const type = stream[at] ?? -1;
    types.push(type);
    if (type === 0) at += 20;
    else if (type === 2) at += 4 + 4 * stream.readUInt16BE(at + 2);
    else if (type === 248) at += 9 + (stream[at + 8] ?? 0);
    else at += 10;
    expect(at).toBeLessThanOrEqual(stream.length);
  }
  return types;
}
