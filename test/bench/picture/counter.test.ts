import { expect, test } from "vitest";
import { BLOCK, BLOCKS, blocksOf, CHANGING, NUMBERS, readBlocks } from "./counter.ts";

const brightness = (number: number): number[] => blocksOf(number).map((isWhite) => (isWhite ? 250 : 6));

test("every number is read back from its blocks", () => {
  const numbers = Array.from({ length: NUMBERS }, (_, number) => number);
  expect(numbers.map((number) => readBlocks(brightness(number)))).toEqual(numbers);
  expect(readBlocks(brightness(NUMBERS + 7))).toBe(7);
});

test("a row that is neither black nor white, or the picture behind it, is no number", () => {
  const grey = brightness(5).with(3, 128);
  expect(readBlocks(grey)).toBeUndefined();
  expect(readBlocks(Array(BLOCKS).fill(255))).toBeUndefined();
  expect(readBlocks(Array(BLOCKS).fill(0))).toBeUndefined();
  expect(readBlocks([])).toBeUndefined();
});

// A screen that is read while it is drawn shows the left blocks of one number and the right ones of the next.
test("a row of two neighbours is one of them, or no number", () => {
  const numbers = Array.from({ length: NUMBERS - 1 }, (_, number) => number);
  const misread = numbers.filter((number) => {
    const [one, next] = [brightness(number), brightness(number + 1)];
    const mixed = one.map((_, cut) => readBlocks([...one.slice(0, cut), ...next.slice(cut)]));
    return mixed.some((read) => read !== undefined && read !== number && read !== number + 1);
  });
  expect(misread).toEqual([]);
});

test("the next number always changes the blocks of the check", () => {
  const first = CHANGING.x / BLOCK;
  const checkOf = (number: number) => blocksOf(number).slice(first).join();
  const numbers = Array.from({ length: NUMBERS }, (_, number) => number);
  expect(numbers.filter((number) => checkOf(number) === checkOf(number + 1))).toEqual([]);
});
