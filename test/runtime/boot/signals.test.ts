import { constants } from "node:os";
import { expect, it, onTestFinished } from "vitest";
import { handleSignals } from "../../../src/runtime/boot/signals.ts";
import { memoryLog } from "../memory-log.ts";

/** Signals for faults of the process itself, signals that cannot be handled, and harmless ones. */
const OTHERS = [
  "ABRT",
  "BUS",
  "FPE",
  "ILL",
  "IOT",
  "SEGV",
  "KILL",
  "STOP",
  "CHLD",
  "CONT",
  "URG",
  "WINCH",
  "PIPE",
];

// docs/internals/supervision.md promises it for all others; PROF, SYS and TRAP ended the container.
it("handles every signal that would end or freeze the process", () => {
  const names = Object.keys(constants.signals).filter((name) => !OTHERS.includes(name.slice(3)));
  const before = new Map(names.map((name) => [name, process.listeners(name as NodeJS.Signals)]));
  onTestFinished(() => {
    for (const [name, kept] of before)
      for (const listener of process.listeners(name as NodeJS.Signals))
        if (!kept.includes(listener)) process.off(name, listener);
  });
  handleSignals({ stop: () => {}, state: () => undefined }, memoryLog().log);
  const numberOf = (name: string) => constants.signals[name as NodeJS.Signals];
  const answered = new Set(names.filter((name) => process.listenerCount(name) > 0).map(numberOf));
  expect(names.filter((name) => !answered.has(numberOf(name)))).toEqual([]);
});
