import { expect, test } from "vitest";
import { addSoundFigures } from "../../../src/client/sound/figures.ts";
import type { WorkletReport } from "../../../src/client/sound/worklet.ts";

test("the sound's figures appear while it plays: buffer, late and missing packets", () => {
  const read = new Map<string, () => string | undefined>();
  let report: WorkletReport | undefined;
  addSoundFigures(
    (name, figure) => void read.set(name, figure),
    { bytes: 0, missing: 3 },
    () => report,
  );
  const figures = () => [...read].map(([name, figure]) => [name, figure()]);
  expect(figures()).toEqual([
    ["Sound", undefined],
    ["Buffer", undefined],
    ["Sound lost", undefined],
  ]);
  report = { buffered: 0.03, reserve: 0.02, dry: 0, skipped: 0.12, received: 0 };
  expect(figures()).toEqual([
    ["Sound", "0 kbit/s"],
    ["Buffer", "30 ms"],
    ["Sound lost", "12 packets late, 3 missing"],
  ]);
});
