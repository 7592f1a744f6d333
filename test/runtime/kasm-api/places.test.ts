import { expect, it } from "vitest";
import { createPlaces } from "../../../src/runtime/kasm-api/places.ts";

const LONG = 60_000;

it("places are given out until none is left, and then in the order of those who wait", async () => {
  const places = createPlaces(2, 2);
  expect(await Promise.all([places.take(LONG), places.take(LONG)])).toEqual([true, true]);
  const order: string[] = [];
  const wait = (name: string) => places.take(LONG).then((got) => order.push(`${name} ${got}`));
  const waits = [wait("first"), wait("second")];
  expect(await places.take(LONG)).toBe(false);
  places.free();
  await waits[0];
  expect(order).toEqual(["first true"]);
  places.free();
  await waits[1];
  expect(order).toEqual(["first true", "second true"]);
});

it("who has waited too long gets none, and none is lost by it", async () => {
  const places = createPlaces(1, 1);
  await places.take(LONG);
  expect(await places.take(1)).toBe(false);
  places.free();
  expect(await places.take(LONG)).toBe(true);
});
