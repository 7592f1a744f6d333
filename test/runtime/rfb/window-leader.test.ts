import { expect, test } from "vitest";
import type { Role } from "../../../src/runtime/gateway/users.ts";
import { createWindowLeader } from "../../../src/runtime/rfb/window-leader.ts";
import { decodeLead, encodeWindowReport, type WindowReport } from "../../../src/wire/window.ts";
import { eventually } from "../../helpers/eventually.ts";

/** Windows on a clock of the test's. */
function start() {
  let time = 1_000;
  const scales: number[] = [];
  const darks: boolean[] = [];
  /** Ends the change of the colours; without one the desktop has them at once. */
  let changed: (() => void) | undefined;
  const slow = () => {
    const change = new Promise<void>((resolve) => {
      changed = resolve;
    });
    answers.push(() => change);
  };
  const answers: (() => Promise<void>)[] = [];
  const leader = createWindowLeader(
    {
      onScale: (scale) => scales.push(scale),
      onDark: (isDark) => {
        darks.push(isDark);
        return answers.shift()?.();
      },
    },
    () => time,
  );
  let present: string | undefined;
  const told: string[] = [];
  const open = (name: string, role: Role = "owner") => {
    const seat = leader.join(role, (text) => {
      told.push(`${name} ${text}`);
      if (decodeLead(text)?.leads) present = name;
      else if (present === name) present = undefined;
    });
    const report = (idle?: number, rest: Partial<WindowReport> = {}) =>
      seat.hear(
        encodeWindowReport({ fits: true, isVisible: true, ...(idle !== undefined && { idle }), ...rest }),
      );
    const leave = () => {
      if (present === name) present = undefined;
      seat.leave();
    };
    return { report, hear: seat.hear, leave };
  };
  const wait = (milliseconds: number) => {
    time += milliseconds;
  };
  return { open, leads: () => present, wait, scales, darks, told, slow, change: () => changed?.() };
}

test("the window used last leads, and the one used before when it goes", () => {
  const { open, leads, wait } = start();
  const [one, two, three] = [open("one"), open("two"), open("three")];
  for (const window of [one, two, three]) {
    wait(10);
    window.report(0);
  }
  expect(leads()).toBe("three");
  wait(10);
  one.report(0);
  expect(leads()).toBe("one");
  one.leave();
  expect(leads()).toBe("three");
  three.leave();
  expect(leads()).toBe("two");
  two.leave();
  expect(leads()).toBeUndefined();
});

test("windows that report again after a restart are in the same order, whoever comes first", () => {
  const { open, leads } = start();
  open("earlier").report(900);
  expect(leads()).toBe("earlier");
  open("later").report(5);
  expect(leads()).toBe("later");
  open("never used").report();
  expect(leads()).toBe("later");
});

test("a hidden window leads only while no window is visible", () => {
  const { open, leads, wait } = start();
  const [seen, hidden] = [open("seen"), open("hidden")];
  hidden.report(0);
  expect(leads()).toBe("hidden");
  seen.report();
  expect(leads()).toBe("hidden");
  wait(5);
  hidden.report(5, { isVisible: false });
  expect(leads()).toBe("seen");
  seen.leave();
  expect(leads()).toBe("hidden");
});

test("a window that no longer fits the desktop gives the lead away", () => {
  const { open, leads } = start();
  const [one, two] = [open("one"), open("two")];
  one.report(500);
  two.report(0);
  two.report(0, { fits: false });
  expect(leads()).toBe("one");
});

test("a participant leads only without an owner, and a viewer never", () => {
  const { open, leads } = start();
  open("viewer", "viewer").report(0);
  expect(leads()).toBeUndefined();
  const participant = open("participant", "participant");
  participant.report(0);
  expect(leads()).toBe("participant");
  // Also an owner who lets the picture be scaled.
  const owner = open("owner");
  expect(leads()).toBeUndefined();
  owner.report(700, { fits: false });
  expect(leads()).toBeUndefined();
  owner.report(700);
  participant.report(0);
  expect(leads()).toBe("owner");
  owner.leave();
  expect(leads()).toBe("participant");
});

test("of windows that were never used the first one keeps the lead", () => {
  const { open, leads } = start();
  const first = open("first");
  first.report();
  open("second").report();
  expect(leads()).toBe("first");
  first.report();
  expect(leads()).toBe("first");
});

test("the desktop has the scale that the leading window wants, and keeps it where none wants any", () => {
  const { open, scales, wait } = start();
  const [dense, ordinary] = [open("dense"), open("ordinary")];
  dense.report(0, { scale: 2 });
  ordinary.report(undefined, { scale: 1 });
  expect(scales).toEqual([2]);
  wait(5);
  ordinary.report(0, { scale: 1 });
  ordinary.report(0, { scale: 1 });
  ordinary.report(0, { scale: 1.5 });
  expect(scales).toEqual([2, 1, 1.5]);
  ordinary.leave();
  expect(scales).toEqual([2, 1, 1.5, 2]);
  dense.report(0, { fits: false, scale: 3 });
  open("viewer", "viewer").report(0, { scale: 4 });
  open("other client").report(0);
  expect(scales).toEqual([2, 1, 1.5, 2]);
});

test("the desktop is dark while the leading window is, and stays as it is where none says", () => {
  const { open, darks, wait } = start();
  const [night, day] = [open("night"), open("day")];
  night.report(0, { isDark: true });
  day.report(undefined, { isDark: false });
  night.report(0, { isDark: true });
  expect(darks).toEqual([true]);
  wait(5);
  day.report(0, { isDark: false });
  expect(darks).toEqual([true, false]);
  wait(5);
  open("other client").report(0);
  expect(darks).toEqual([true, false]);
});

test.each([
  "",
  "{",
  "null",
  "1",
  '{"fits":1}',
  '{"fits":true,"isVisible":true,"idle":-1}',
  '{"fits":true,"isVisible":true,"scale":9}',
  "x".repeat(300),
])("the message %j is ignored", (text) => {
  const { open, leads } = start();
  const window = open("window");
  window.hear(text);
  expect(leads()).toBeUndefined();
});

// A visitor who prefers dark colours saw a light desktop first.
test("the leader is told while the desktop takes its colours, and again when it has them", async () => {
  const { open, told, slow, change } = start();
  slow();
  const one = open("one");
  one.report(0, { isDark: true });
  open("two").report(9);
  expect(told.splice(0)).toEqual(['one {"leads":true,"isChanging":true}', 'two {"leads":false}']);
  one.report(0, { isDark: true });
  expect(told).toEqual([]);
  change();
  await eventually(() => expect(told).toEqual(['one {"leads":true}']));
});

test("a desktop that has the leader's colours already keeps nobody waiting", () => {
  const { open, told } = start();
  open("one").report(0, { isDark: false });
  expect(told).toEqual(['one {"leads":true}']);
});
