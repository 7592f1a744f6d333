import { describe, expect, test } from "vitest";
import {
  dueAt,
  firstMode,
  type Mode,
  type ModeEvent,
  type ModeState,
  nextMode,
  showsStream,
} from "../../../src/client/screen/mode.ts";

const PIXELS = 1280 * 800;

type Step = readonly [now: number, event: ModeEvent | "tick", mode: Mode];

const frame = (bytes: number, isKey = false): ModeEvent => ({ type: "frame", bytes, isKey, pixels: PIXELS });
const key = frame(90_000, true);
/** A caret or a letter. */
const small = frame(400);
/** A page that scrolls. */
const large = frame(20_000);
const lost: ModeEvent = { type: "lost" };
const whole: ModeEvent = { type: "whole" };
const prefer = (stream: boolean): ModeEvent => ({ type: "prefer", stream });

/** Runs the steps; `tick` is the timer, which comes a little late. */
function run(steps: readonly Step[], begin: ModeState = firstMode): ModeState {
  return steps.reduce((state, [now, event, mode]) => {
    const next = nextMode(state, event === "tick" ? { type: "due" } : event, now);
    expect(next.mode, `at ${now}`).toBe(mode);
    return next;
  }, begin);
}

describe("which picture is shown", () => {
  test.each<[string, Step[]]>([
    [
      "RFB's stays until something moves",
      [
        [0, key, "still"],
        [600, small, "still"],
        [1_200, small, "still"],
      ],
    ],
    [
      "a large change shows the stream, and a rest RFB's again once it is complete",
      [
        [0, key, "still"],
        [2_000, large, "moving"],
        [2_100, large, "moving"],
        [2_300, "tick", "moving"],
        [2_360, "tick", "settling"],
        [2_400, whole, "still"],
      ],
    ],
    [
      "many small changes in a row are a movement too",
      [
        [0, key, "still"],
        ...Array.from(
          { length: 6 },
          (_, index): Step => [2_000 + 16 * index, frame(1_500), index < 5 ? "still" : "moving"],
        ),
      ],
    ],
    [
      "a caret that blinks after a movement does not keep it going",
      [
        [0, key, "still"],
        [2_000, large, "moving"],
        [2_200, small, "moving"],
        [2_500, small, "moving"],
        [2_501, "tick", "settling"],
        [2_510, small, "settling"],
        [2_540, whole, "still"],
      ],
    ],
    [
      "a movement goes on while RFB's picture is on its way",
      [
        [0, key, "still"],
        [2_000, large, "moving"],
        [2_700, "tick", "settling"],
        [2_710, large, "moving"],
        [2_720, whole, "moving"],
      ],
    ],
    [
      "a key frame says nothing about what changed",
      [
        [0, key, "still"],
        [1_000, key, "still"],
        [2_000, large, "moving"],
        [2_250, key, "moving"],
        [2_700, "tick", "settling"],
        [2_710, key, "settling"],
        [2_720, whole, "still"],
      ],
    ],
    [
      "without a stream RFB's comes back, and until it is complete the last one of the stream stays",
      [
        [0, key, "still"],
        [2_000, large, "moving"],
        [2_010, lost, "leaving"],
        [2_060, whole, "rfb"],
        [2_070, lost, "rfb"],
        [9_000, key, "still"],
        [9_010, lost, "rfb"],
      ],
    ],
    [
      "a stream that returns at once is not shown for that",
      [
        [0, key, "still"],
        [2_000, large, "moving"],
        [2_010, lost, "leaving"],
        [2_020, key, "settling"],
        [2_060, whole, "still"],
      ],
    ],
    [
      "who prefers the stream sees it always",
      [
        [0, prefer(true), "rfb"],
        [10, key, "moving"],
        [60_000, "tick", "moving"],
        [60_010, prefer(false), "moving"],
        [60_011, "tick", "settling"],
        [60_040, whole, "still"],
        [60_050, prefer(true), "moving"],
        [60_060, lost, "leaving"],
        [60_090, whole, "rfb"],
      ],
    ],
  ])("%s", (_, steps) => {
    run(steps);
  });
});

test("a picture that moves now and then does not flicker between its two forms", () => {
  let state = run([[0, key, "still"]]);
  let shown = 0;
  for (let now = 5_000; now < 15_000; now += 10) {
    const before = showsStream(state.mode);
    const due = dueAt(state);
    if (due !== undefined && due <= now) state = nextMode(state, { type: "due" }, now);
    // RFB's picture needs 20 ms, and something moves for a moment every 300 ms.
    if (state.mode === "settling" && now - state.since >= 20) state = nextMode(state, whole, now);
    if (now % 300 === 0) state = nextMode(state, large, now);
    if (showsStream(state.mode) !== before) shown += 1;
  }
  expect(shown).toBeLessThanOrEqual(6);
});

test("a rest is short, and longer where RFB's picture took long", () => {
  const quick = run([
    [0, key, "still"],
    [5_000, large, "moving"],
  ]);
  expect(dueAt(quick)).toBe(5_250);
  const slow = run([
    [0, key, "still"],
    [5_000, large, "moving"],
    [6_000, "tick", "settling"],
    [6_300, whole, "still"],
    [9_000, large, "moving"],
  ]);
  expect(dueAt(slow)).toBe(9_000 + 4 * 300);
});
