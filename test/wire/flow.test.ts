import fc from "fast-check";
import { expect, it } from "vitest";
import { Flow } from "../../src/wire/flow.ts";

it("admits up to the window, and more after a confirmation", () => {
  const flow = new Flow(3);
  const admitted = (count: number) => Array.from({ length: count }, () => flow.admits());
  expect(admitted(5)).toEqual([true, true, true, false, false]);
  flow.confirm(2);
  expect(admitted(3)).toEqual([true, true, false]);
  expect(flow.dropped).toBe(3);
});

it("never has more than the window unconfirmed, whatever is confirmed", () => {
  const step = fc.oneof(
    fc.record({ send: fc.integer({ min: 1, max: 4 }) }),
    fc.record({ confirm: fc.integer({ min: -10, max: 1_000 }) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const flow = new Flow(10);
      let [sent, received] = [0, 0];
      for (const action of steps) {
        if ("send" in action) sent += flow.admits(action.send) ? action.send : 0;
        else {
          flow.confirm(action.confirm);
          received = Math.min(Math.max(received, action.confirm), sent);
        }
        expect(sent - received).toBeLessThanOrEqual(10);
      }
    }),
  );
});
