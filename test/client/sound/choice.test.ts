import { expect, test } from "vitest";
import { gainOf, parseChoice } from "../../../src/client/sound/choice.ts";

test.each([null, undefined, 5, "x", {}, { isOn: "no", volume: 101 }, { volume: -1 }])(
  "what was stored and is no choice (%j) is the default",
  (stored) => expect(parseChoice(stored)).toEqual({ isOn: true, volume: 100 }),
);

test("a choice is kept", () => {
  expect(parseChoice({ isOn: false, volume: 30 })).toEqual({ isOn: false, volume: 30 });
});

test("the volume goes from silence to full", () => {
  expect([0, 50, 100].map(gainOf)).toEqual([0, 0.25, 1]);
});
