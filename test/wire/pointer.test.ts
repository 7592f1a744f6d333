import fc from "fast-check";
import { expect, test } from "vitest";
import {
  decodePointerMessage,
  encodePointerMessage,
  LONGEST_POINTER_MESSAGE,
  POINTER_BUTTONS,
} from "../../src/wire/pointer.ts";

test("messages are decoded as they were encoded", () => {
  const distance = fc.integer({ min: -0x7fff, max: 0x7fff });
  const message = fc.oneof(
    fc.record({ kind: fc.constant("move" as const), dx: distance, dy: distance }),
    fc.record({
      kind: fc.constant("button" as const),
      button: fc.integer({ min: 1, max: POINTER_BUTTONS }),
      down: fc.boolean(),
    }),
  );
  fc.assert(
    fc.property(message, (told) => {
      const bytes = encodePointerMessage(told);
      expect(bytes.length).toBeLessThanOrEqual(LONGEST_POINTER_MESSAGE);
      expect(decodePointerMessage(bytes)).toEqual(told);
    }),
  );
});

test("invalid bytes are never decoded", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 10 }), (bytes) => {
      const told = decodePointerMessage(bytes);
      if (told) expect([...encodePointerMessage(told)]).toEqual([...bytes]);
    }),
  );
});

test("a move is cut to the longest one of a message", () => {
  const bytes = encodePointerMessage({ kind: "move", dx: 1e9, dy: -2.9 });
  expect(decodePointerMessage(bytes)).toEqual({ kind: "move", dx: 32_767, dy: -2 });
});
