import fc from "fast-check";
import { expect, it } from "vitest";
import {
  createRecordReader,
  type EncoderNotice,
  type FrameRecord,
} from "../../../src/runtime/screen/records.ts";

/** The bytes of a frame, as nix/screen/encoder.py packs them. */
function bytesOf({ isKey, id, reference, width, height, timestamp, data }: FrameRecord): Buffer {
  const head = Buffer.alloc(24);
  head.writeUInt32BE(20 + data.length, 0);
  head.set([1, Number(isKey)], 4);
  head.writeUInt16BE(id, 6);
  head.writeInt32BE(reference, 8);
  head.writeUInt16BE(width, 12);
  head.writeUInt16BE(height, 14);
  head.writeBigUInt64BE(BigInt(timestamp), 16);
  return Buffer.concat([head, data]);
}

const frame = fc.record({
  isKey: fc.boolean(),
  id: fc.nat(65_535),
  reference: fc.integer({ min: -2, max: 65_535 }),
  width: fc.nat(65_535),
  height: fc.nat(65_535),
  timestamp: fc.maxSafeNat(),
  data: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
});

it("frames are read whatever the chunks of the pipe", () => {
  fc.assert(
    fc.property(
      fc.array(frame, { maxLength: 8 }),
      fc.infiniteStream(fc.integer({ min: 1, max: 200 })),
      (frames, sizes) => {
        const read: FrameRecord[] = [];
        const push = createRecordReader({
          onFrame: (one) => read.push(one),
          onNotice: () => expect.unreachable(),
        });
        const bytes = Buffer.concat(frames.map(bytesOf));
        for (let at = 0; at < bytes.length; ) {
          const size = sizes.next().value ?? 1;
          push(bytes.subarray(at, at + size));
          at += size;
        }
        expect(read).toEqual(frames);
      },
    ),
  );
});

it("a notice says what encodes", () => {
  const notices: EncoderNotice[] = [];
  const push = createRecordReader({
    onFrame: () => expect.unreachable(),
    onNotice: (one) => notices.push(one),
  });
  const text = '{"encoder":"x264","reason":"there is no GPU"}';
  push(Buffer.concat([Buffer.of(0, 0, 0, text.length + 1, 2), Buffer.from(text)]));
  expect(notices).toEqual([{ encoder: "x264", reason: "there is no GPU" }]);
});
