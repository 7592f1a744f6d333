import { expect, it } from "vitest";
import { createSemaphore } from "../../../src/runtime/kasm-api/semaphore.ts";

const LONG = 60_000;

it("places are given until none is free, and then in the order of waiting", async () => {
  const semaphore = createSemaphore(2, 2);
  expect(await Promise.all([semaphore.acquire(LONG), semaphore.acquire(LONG)])).toEqual([true, true]);
  const order: string[] = [];
  const wait = (name: string) => semaphore.acquire(LONG).then((got) => order.push(`${name} ${got}`));
  const waits = [wait("first"), wait("second")];
  expect(await semaphore.acquire(LONG)).toBe(false);
  semaphore.release();
  await waits[0];
  expect(order).toEqual(["first true"]);
  semaphore.release();
  await waits[1];
  expect(order).toEqual(["first true", "second true"]);
});

it("waiting ends after a time, and no place is lost", async () => {
  const semaphore = createSemaphore(1, 1);
  await semaphore.acquire(LONG);
  expect(await semaphore.acquire(1)).toBe(false);
  semaphore.release();
  expect(await semaphore.acquire(LONG)).toBe(true);
});
