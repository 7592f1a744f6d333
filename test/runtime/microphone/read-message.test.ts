import fc from "fast-check";
import { expect, test } from "vitest";
import { LONGEST_MESSAGE, readMessage } from "../../../src/runtime/microphone/read-message.ts";
import { VOICE } from "../../../src/wire/microphone.ts";
import { voiceMessage } from "./messages.ts";

const changed = (offset: number, value: number) => {
  const message = voiceMessage(1);
  message[offset] = value;
  return message;
};

test.each([480, 1, VOICE.longest])("a message of %i samples is read", (samples) => {
  const read = readMessage(voiceMessage(513, { samples }), true);
  expect(read).toMatchObject({ sequence: 513, samples: { length: 2 * samples } });
});

test("a message in fragments is read too", () => {
  const message = voiceMessage(7);
  expect(readMessage([message.subarray(0, 100), message.subarray(100)], true)).toMatchObject({ sequence: 7 });
});

test.each([
  ["text", Buffer.from("hello"), false, "text instead of sound"],
  ["nothing", Buffer.alloc(0), true, "no samples"],
  ["a bare header", voiceMessage(1, { samples: 0 }), true, "no samples"],
  ["another version", changed(0, 2), true, "version 2, not 1"],
  ["another type", changed(1, 9), true, "unknown type 9"],
  ["half a sample", voiceMessage(1).subarray(0, -1), true, "half a sample"],
  ["too much", voiceMessage(1, { samples: VOICE.longest + 1 }), true, "more than 4800 samples"],
])("%s is refused with the reason", (_, message, isBinary, reason) => {
  expect(readMessage(message, isBinary)).toBe(reason);
});

test("any bytes are read or refused, and never more is read than there is", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: LONGEST_MESSAGE + 10 }), (bytes) => {
      const read = readMessage(Buffer.from(bytes), true);
      if (typeof read !== "string") expect(read.samples.length).toBe(bytes.length - VOICE.header);
    }),
  );
});
