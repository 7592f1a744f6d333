import { beforeEach, expect, test } from "vitest";
import { createTakeovers } from "../../../src/runtime/clipboard/owners.ts";

const [PROGRAM, MANAGER, ITS_OTHER_WINDOW] = [0x1200001, 0xa00003, 0xa00004];
let takeovers: ReturnType<typeof createTakeovers>;

beforeEach(() => {
  takeovers = createTakeovers({ isSameClient: (one, other) => one >> 20 === other >> 20 });
  takeovers.setManager(MANAGER);
});

// One picture was announced as two changes.
test("an immediate takeover by a clipboard manager is not a change", () => {
  expect(takeovers.look(PROGRAM, 1_000)).toBe(false);
  expect(takeovers.look(ITS_OTHER_WINDOW, 1_002)).toBe(true);
});

test("content that the manager offers later or without a previous owner is a change", () => {
  takeovers.look(PROGRAM, 1_000);
  expect(takeovers.look(ITS_OTHER_WINDOW, 9_000)).toBe(false);
  takeovers.look(0, 10_000);
  expect(takeovers.look(ITS_OTHER_WINDOW, 10_001)).toBe(false);
});

test("without a manager every new owner is a change", () => {
  takeovers.setManager(0);
  takeovers.look(PROGRAM, 1_000);
  expect(takeovers.look(ITS_OTHER_WINDOW, 1_001)).toBe(false);
});

test("the server's clock may wrap", () => {
  takeovers.look(PROGRAM, 2 ** 32 - 1);
  expect(takeovers.look(ITS_OTHER_WINDOW, 1)).toBe(true);
});
