import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TransportStream } from "../../../src/runtime/sound/mpeg-ts.ts";

interface Packet {
  readonly pid: number;
  readonly isStart: boolean;
  readonly counter: number;
  readonly clock: number | undefined;
  readonly payload: Buffer;
}

/** Parses a transport stream as in ISO/IEC 13818-1. */
function parse(stream: Buffer): Packet[] {
  expect(stream.length % 188).toBe(0);
  return Array.from({ length: stream.length / 188 }, (_, index) => {
    const packet = stream.subarray(index * 188, (index + 1) * 188);
    expect(packet[0]).toBe(0x47);
    const word = packet.readUInt32BE(0);
    const field = word & 0x20 ? 1 + (packet[4] ?? 0) : 0;
    const hasClock = field > 1 && ((packet[5] ?? 0) & 0x10) !== 0;
    return {
      pid: (word >> 8) & 0x1fff,
      isStart: (word & 0x400000) !== 0,
      counter: word & 0xf,
      clock: hasClock ? packet.readUInt32BE(6) * 2 + ((packet[10] ?? 0) >> 7) : undefined,
      payload: packet.subarray(4 + field),
    };
  });
}

/** CRC-32/MPEG-2: 0 for a section with its checksum. */
function checksum(bytes: Buffer): number {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum = (sum ^ (byte << 24)) >>> 0;
    for (let bit = 0; bit < 8; bit++) sum = ((sum << 1) ^ (sum >>> 31 ? 0x04c11db7 : 0)) >>> 0;
  }
  return sum;
}

/** Time and contents of a PES packet. */
function parsePes(pes: Buffer) {
  expect(pes.subarray(0, 4)).toEqual(Buffer.from([0, 0, 1, 0xc0]));
  expect(pes.readUInt16BE(4)).toBe(pes.length - 6);
  const [high = 0, middle, low] = [pes[9], pes.readUInt16BE(10), pes.readUInt16BE(12)];
  expect([high >> 4, high & 1, middle & 1, low & 1]).toEqual([2, 1, 1, 1]);
  const time = ((high >> 1) & 7) * 2 ** 30 + (middle >> 1) * 2 ** 15 + (low >> 1);
  return { time, frame: pes.subarray(9 + (pes[8] ?? 0)) };
}

describe("the transport stream", () => {
  it("carries every frame with its time in numbered packets", () => {
    const frames = fc.array(fc.uint8Array({ minLength: 1, maxLength: 1_500 }), {
      minLength: 1,
      maxLength: 40,
    });
    fc.assert(
      fc.property(frames, fc.nat(200_000), (list, start) => {
        const stream = new TransportStream();
        const counters = new Map<number, number>();
        list.forEach((frame, index) => {
          const seconds = start + index * 0.026122;
          const packets = parse(stream.mux(frame, Math.round(seconds * 1e6)));
          for (const { pid, counter } of packets) {
            expect(counter).toBe(((counters.get(pid) ?? -1) + 1) % 16);
            counters.set(pid, counter);
          }
          const sound = packets.filter(({ pid }) => pid === 0x100);
          expect(sound.map(({ isStart }) => isStart)).toEqual(sound.map((_, at) => at === 0));
          const pes = parsePes(Buffer.concat(sound.map(({ payload }) => payload)));
          expect(new Uint8Array(pes.frame)).toEqual(frame);
          const expected = Math.round((Math.round(seconds * 1e6) * 90_000) / 1e6) % 2 ** 33;
          expect([sound[0]?.clock, pes.time]).toEqual([expected, (expected + 90) % 2 ** 33]);
        });
      }),
    );
  });

  it("has its tables ten times a second for new listeners", () => {
    const stream = new TransportStream();
    const tables = Array.from({ length: 40 }, (_, index) =>
      parse(stream.mux(new Uint8Array(417), index * 26_122)).filter(({ pid }) => pid !== 0x100),
    );
    expect(tables.map(({ length }) => length).join("")).toMatch(/^2(0{3}2){9}000$/);
    const [programs, map] = tables[0] ?? [];
    for (const [table, length] of [
      [programs, 16],
      [map, 21],
    ] as const) {
      const section = table?.payload.subarray(1, 1 + length) ?? Buffer.alloc(0);
      expect([table?.isStart, table?.payload[0], checksum(section)]).toEqual([true, 0, 0]);
    }
    expect(programs?.payload.subarray(9, 13).toString("hex")).toBe("0001f000");
    expect(map?.payload.subarray(13, 16).toString("hex")).toBe("03e100");
  });
});
