import { expect, it } from "vitest";
import { Gate } from "../../../src/runtime/screen/gate.ts";

it("opens for key frames, and for frames that build on one that has passed", () => {
  const gate = new Gate();
  expect([gate.opensFor({ number: 2, buildsOn: 1 }), gate.newest]).toEqual([false, undefined]);
  expect(gate.opensFor({ number: 3, buildsOn: undefined })).toBe(true);
  gate.passed({ number: 3, buildsOn: undefined });
  gate.passed({ number: 4, buildsOn: 3 });
  expect([3, 4, 5].map((buildsOn) => gate.opensFor({ number: 6, buildsOn }))).toEqual([true, true, false]);
  expect(gate.newest).toBe(4);
});

it("closes for what was before a key frame, and for all when the decoder has lost everything", () => {
  const gate = new Gate();
  for (const number of [1, 2]) gate.passed({ number, buildsOn: number === 1 ? undefined : 1 });
  gate.passed({ number: 3, buildsOn: undefined });
  expect([2, 3].map((buildsOn) => gate.opensFor({ number: 4, buildsOn }))).toEqual([false, true]);
  gate.close();
  expect([gate.opensFor({ number: 4, buildsOn: 3 }), gate.newest]).toEqual([false, undefined]);
});

it("forgets frames that no encoder refers to any more", () => {
  const gate = new Gate();
  for (let number = 1; number <= 100; number += 1)
    gate.passed({ number, buildsOn: number === 1 ? undefined : number - 1 });
  expect([68, 69, 100].map((buildsOn) => gate.opensFor({ number: 101, buildsOn }))).toEqual([
    false,
    true,
    true,
  ]);
});
