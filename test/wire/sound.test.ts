import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodePacket, decodeReceipt, encodePacket, encodeReceipt } from "../../src/wire/sound.ts";

const packet = fc.record({
  sequence: fc.nat(2 ** 32 - 1),
  timestamp: fc.nat(Number.MAX_SAFE_INTEGER),
  data: fc.uint8Array({ maxLength: 1_500 }),
});

describe("a packet of sound", () => {
  it("is decoded as it was encoded, wherever it is in memory", () => {
    fc.assert(
      fc.property(packet, fc.nat(20), (value, offset) => {
        const message = encodePacket(value);
        const memory = new Uint8Array(message.length + offset);
        memory.set(message, offset);
        expect(decodePacket(memory.subarray(offset))).toEqual(value);
      }),
    );
  });

  it("has the bytes of docs/internals/messages.md", () => {
    const message = encodePacket({
      sequence: 0x01020304,
      timestamp: 10_000,
      data: Uint8Array.of(0xfc, 0xff),
    });
    expect(Buffer.from(message).toString("hex")).toBe("01010000" + "01020304" + "0000000000002710" + "fcff");
    expect(Buffer.from(encodeReceipt(20)).toString("hex")).toBe("0102000000000014");
  });

  it("of another version or kind, or cut short, is rejected", () => {
    const message = encodePacket({ sequence: 1, timestamp: 2, data: Uint8Array.of(3) });
    expect(decodePacket(message.subarray(0, 15))).toBeUndefined();
    expect(decodePacket(message.with(0, 2))).toBeUndefined();
    expect(decodePacket(message.with(1, 2))).toBeUndefined();
    expect(decodePacket(encodeReceipt(5))).toBeUndefined();
  });
});

describe("a receipt", () => {
  it("is decoded as it was encoded, and nothing else is one", () => {
    fc.assert(
      fc.property(fc.nat(2 ** 32 - 1), (count) => {
        expect(decodeReceipt(encodeReceipt(count))).toBe(count);
      }),
    );
    expect(decodeReceipt(new Uint8Array(8))).toBeUndefined();
    expect(
      decodeReceipt(encodePacket({ sequence: 1, timestamp: 2, data: new Uint8Array() })),
    ).toBeUndefined();
  });
});
