import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeFrame, decodeReceipt, encodeFrame, encodeReceipt } from "../../src/wire/screen.ts";

const frame = fc.record({
  number: fc.nat(2 ** 32 - 1),
  isKey: fc.boolean(),
  timestamp: fc.maxSafeNat(),
  data: fc.uint8Array({ maxLength: 1_500 }),
});

describe("a frame of the picture", () => {
  it("is decoded as it was encoded, wherever it is in memory", () => {
    fc.assert(
      fc.property(frame, fc.nat(20), (value, offset) => {
        const message = encodeFrame(value);
        const memory = new Uint8Array(message.length + offset);
        memory.set(message, offset);
        expect(decodeFrame(memory.subarray(offset))).toEqual(value);
      }),
    );
  });

  it("has the bytes of docs/internals/messages.md", () => {
    const message = encodeFrame({
      number: 0x01020304,
      isKey: true,
      timestamp: 10_000,
      data: Uint8Array.of(0, 1),
    });
    expect(Buffer.from(message).toString("hex")).toBe("01010100" + "01020304" + "0000000000002710" + "0001");
    expect(Buffer.from(encodeReceipt(20)).toString("hex")).toBe("0102000000000014");
  });

  it("of another version or kind, or cut short, is rejected", () => {
    const message = encodeFrame({ number: 1, isKey: false, timestamp: 2, data: Uint8Array.of(3) });
    expect(decodeFrame(message.subarray(0, 15))).toBeUndefined();
    expect(decodeFrame(message.with(0, 2))).toBeUndefined();
    expect(decodeFrame(message.with(1, 2))).toBeUndefined();
    expect(decodeFrame(encodeReceipt(5))).toBeUndefined();
  });
});

describe("a receipt for a frame", () => {
  it("is decoded as it was encoded, and nothing else is one", () => {
    fc.assert(
      fc.property(fc.nat(2 ** 32 - 1), (number) => {
        expect(decodeReceipt(encodeReceipt(number))).toBe(number);
      }),
    );
    expect(decodeReceipt(new Uint8Array(8))).toBeUndefined();
    expect(decodeReceipt(encodeReceipt(1).subarray(1))).toBeUndefined();
  });
});
