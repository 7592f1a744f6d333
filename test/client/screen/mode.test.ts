import { describe, expect, test } from "vitest";
import {
  asksForExact,
  dueAt,
  firstMode,
  type Mode,
  type ModeEvent,
  type ModeState,
  nextMode,
  showsStream,
} from "../../../src/client/screen/mode.ts";

type Step = readonly [now: number, event: ModeEvent, mode: Mode];

const frame = (bytes: number, isKey = false, isNewer = true): ModeEvent => ({
  type: "frame",
  bytes,
  isKey,
  isNewer,
});
const key = frame(90_000, true);
const letter = frame(400);
const large = frame(20_000);
const painted = (time: number): ModeEvent => ({ type: "painted", time });
const due: ModeEvent = { type: "due" };
const lost: ModeEvent = { type: "lost" };
const whole: ModeEvent = { type: "whole" };
const prefer = (stream: boolean): ModeEvent => ({ type: "prefer", stream });

/** A stream since time 0, and pictures that scroll from 2000 on. */
const scrolling: readonly Step[] = [
  [0, key, "still"],
  [2_000, large, "still"],
  [2_016, large, "still"],
  [2_033, large, "moving"],
];

function run(steps: readonly Step[], begin: ModeState = firstMode): ModeState {
  return steps.reduce((state, [now, event, mode]) => {
    const next = nextMode(state, event, now);
    expect(next.mode, `at ${now}`).toBe(mode);
    return next;
  }, begin);
}

/** The same frame again and again: the mode after each is `mode`, and at the end `last`. */
function series(count: number, every: number, bytes: number, mode: Mode, last = mode): Step[] {
  return Array.from({ length: count }, (_, index) => [
    2_000 + every * index,
    frame(bytes),
    index < count - 1 ? mode : last,
  ]);
}

describe("which picture is shown", () => {
  const cases: Readonly<Record<string, readonly Step[]>> = {
    "RFB's stays while somebody types fast": [[0, key, "still"], ...series(100, 80, 400, "still")],
    "RFB's stays when a menu opens, and another one": [
      [0, key, "still"],
      ...series(20, 300, 20_000, "still"),
    ],
    "the stream is when RFB needs long for a change, as that of a very large desktop": [
      [0, key, "still"],
      [2_000, painted(600), "starting"],
      [2_100, frame(40_000, false, false), "starting"],
      [2_200, large, "moving"],
    ],
    "RFB's stays when only one change needs long, and there is no newer frame": [
      [0, key, "still"],
      [2_000, painted(600), "starting"],
      [2_500, due, "starting"],
      [3_200, due, "still"],
    ],
    "scrolling shows the stream, and a rest RFB's again once it is complete": [
      ...scrolling,
      [2_100, due, "moving"],
      [2_133, due, "settling"],
      [2_170, whole, "still"],
    ],
    "many small changes in a row are a movement too": [
      [0, key, "still"],
      ...series(14, 16, 350, "still", "moving"),
    ],
    "a caret that blinks after a movement does not keep it going": [
      ...scrolling,
      [2_100, letter, "moving"],
      [2_283, due, "settling"],
      [2_290, letter, "settling"],
      [2_320, whole, "settling"],
      [2_420, due, "still"],
    ],
    "RFB's picture is not shown before it has what the video has shown meanwhile": [
      ...scrolling,
      [2_283, due, "settling"],
      [2_284, painted(20), "settling"],
      [2_310, letter, "settling"],
      [2_320, whole, "settling"],
      [2_330, due, "settling"],
      [2_340, painted(20), "still"],
      [2_350, painted(20), "still"],
    ],
    "a movement goes on while RFB's picture is on its way": [
      ...scrolling,
      [2_290, due, "settling"],
      [2_291, large, "settling"],
      [2_300, large, "moving"],
      [2_310, whole, "moving"],
    ],
    "a key frame says nothing about what changed": [
      [0, key, "still"],
      ...[1_000, 1_016, 1_033, 1_050].map((now): Step => [now, key, "still"]),
    ],
    "the stream is not shown before it is newer than RFB's picture": [
      [0, key, "still"],
      ...series(2, 16, 20_000, "still"),
      [2_033, frame(20_000, false, false), "starting"],
      [2_050, frame(20_000, false, false), "starting"],
      [2_066, letter, "moving"],
    ],
    "a movement that ends before that leaves RFB's picture": [
      [0, key, "still"],
      ...series(2, 16, 20_000, "still"),
      [2_033, frame(20_000, false, false), "starting"],
      [2_300, due, "still"],
      [2_400, large, "still"],
    ],
    "a stream that is lost before that leaves RFB's picture": [
      [0, key, "still"],
      ...series(2, 16, 20_000, "still"),
      [2_033, frame(20_000, false, false), "starting"],
      [2_040, lost, "rfb"],
    ],
    "without a stream RFB's comes back, and until it is complete the last one of the stream stays": [
      ...scrolling,
      [2_040, lost, "leaving"],
      [2_060, whole, "rfb"],
      [2_070, lost, "rfb"],
      [9_000, key, "still"],
      [9_010, lost, "rfb"],
    ],
    "a stream that returns at once is not shown for that": [
      ...scrolling,
      [2_250, lost, "leaving"],
      [2_270, key, "settling"],
      [2_290, whole, "settling"],
      [2_390, due, "still"],
    ],
    "who prefers the stream sees it always": [
      [0, prefer(true), "rfb"],
      [10, key, "moving"],
      [60_000, due, "moving"],
      [60_010, prefer(false), "moving"],
      [60_011, due, "settling"],
      [60_040, whole, "still"],
      [60_050, prefer(true), "starting"],
      [70_000, letter, "moving"],
      [70_060, lost, "leaving"],
      [70_090, whole, "rfb"],
    ],
  };
  test.each(Object.entries(cases))("%s", (_, steps) => {
    run(steps);
  });
});

test("a picture that moves now and then does not flicker between its two forms", () => {
  let state = run([[0, key, "still"]]);
  let shown = 0;
  for (let now = 5_000; now < 15_000; now += 10) {
    const before = showsStream(state.mode);
    if (now >= (dueAt(state) ?? Number.POSITIVE_INFINITY)) state = nextMode(state, due, now);
    // RFB's picture needs 20 ms, and something moves for 50 ms every 400 ms.
    if (state.mode === "settling" && now - state.since >= 20) state = nextMode(state, whole, now);
    if (now % 400 < 50) state = nextMode(state, large, now);
    if (showsStream(state.mode) !== before) shown += 1;
  }
  expect(shown).toBeLessThanOrEqual(6);
});

test("RFB's picture is exact at once, but for a while not on a line that needs long for it", () => {
  const settling = run([...scrolling, [2_133, due, "settling"]]);
  expect(asksForExact(settling)).toBe(true);
  expect(asksForExact(run([[2_170, whole, "still"]], settling))).toBe(false);
  const interrupted = run(
    [
      [3_000, large, "settling"],
      [3_001, large, "moving"],
    ],
    settling,
  );
  expect(asksForExact(run([[5_000, due, "settling"]], interrupted))).toBe(false);
  expect(asksForExact(run([[50_000, due, "settling"]], interrupted))).toBe(true);
});

test("a rest is short, and longer where RFB's picture took long", () => {
  expect(dueAt(run(scrolling))).toBe(2_033 + 100);
  const slow = run([
    ...scrolling,
    [3_000, due, "settling"],
    [3_300, whole, "still"],
    [9_000, large, "still"],
    [9_001, large, "still"],
    [9_002, large, "moving"],
  ]);
  expect(dueAt(slow)).toBe(9_002 + 300);
});
