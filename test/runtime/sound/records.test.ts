import fc from "fast-check";
import { expect, it } from "vitest";
import { RecordReader } from "../../../src/runtime/sound/records.ts";

const record = fc.record({ timestamp: fc.nat(), frame: fc.uint8Array({ maxLength: 600 }) });

/** The encoder's output for a frame. */
function written(timestamp: number, frame: Uint8Array): Buffer {
  const header = Buffer.alloc(10);
  header.writeUInt16BE(frame.length, 0);
  header.writeBigUInt64BE(BigInt(timestamp), 2);
  return Buffer.concat([header, frame]);
}

it("records do not depend on the chunks of the pipe", () => {
  fc.assert(
    fc.property(
      fc.array(record),
      fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1 }),
      (records, cuts) => {
        const bytes = Buffer.concat(records.map(({ timestamp, frame }) => written(timestamp, frame)));
        const reader = new RecordReader();
        const read = [];
        for (let [offset, cut] = [0, 0]; offset < bytes.length; cut++) {
          const length = cuts[cut % cuts.length] ?? 1;
          read.push(...reader.push(bytes.subarray(offset, offset + length)));
          offset += length;
        }
        expect(read.map(({ timestamp, frame }) => ({ timestamp, frame: new Uint8Array(frame) }))).toEqual(
          records,
        );
      },
    ),
  );
});
