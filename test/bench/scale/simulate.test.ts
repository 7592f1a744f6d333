import { expect, it } from "vitest";
import { fleetOf, type ScaledImage, simulate, yearOf } from "./simulate.ts";

const image = (name: string): ScaledImage => ({
  name,
  layers: [
    { digest: "core", kind: "core", size: 1000 },
    { digest: `${name}-packages`, kind: "packages", size: 100 },
    { digest: "wheel", kind: "wheel", size: 10 },
    { digest: `${name}-files`, kind: "files", size: 1 },
  ],
});
const TWO = [image("a"), image("b")];

it("shared layers are pulled once", () => {
  expect(simulate(TWO)).toEqual({ shared: 1212, whole: 2222 });
  expect(simulate([image("a"), image("a")]).shared).toBe(1111);
});

it("an update sends only changed layers", () => {
  const extra = (update: Parameters<typeof simulate>[1]) => simulate(TWO, update).shared - 1212;
  expect(extra([{ kind: "kasmix" }])).toBe(2);
  expect(extra([{ kind: "packages", image: "a" }])).toBe(100);
  expect(extra([{ kind: "core" }])).toBe(1200);
  expect(extra([{ kind: "vendor", image: "a" }])).toBe(0);
  expect(
    extra([
      { kind: "packages", image: "a" },
      { kind: "packages", image: "a" },
    ]),
  ).toBe(200);
});

it("a fleet larger than the real images has others that share what all of them share", () => {
  expect(simulate(fleetOf(TWO, 4)).shared).toBe(1010 + 4 * 101);
});

it("a year has its updates", () => {
  const kinds = yearOf(TWO).map(({ kind }) => kind);
  const count = (wanted: string) => kinds.filter((kind) => kind === wanted).length;
  expect([count("packages"), count("core"), count("kasmix")]).toEqual([104, 12, 24]);
});
