import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { afterEach, expect, it } from "vitest";
import { OOM_SCORES, raiseOomScores, setOomScore } from "../../../src/runtime/supervisor/oom.ts";

const started: ChildProcess[] = [];

afterEach(async () => {
  for (const child of started.splice(0)) {
    child.kill("SIGKILL");
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  }
});

/** A program with a session of its own, or in that of this process. */
function run(detached = true): number {
  const child = spawn("sleep", ["1000"], { detached, stdio: "ignore" });
  started.push(child);
  return child.pid as number;
}

const scoreOf = (pid: number) => Number(readFileSync(`/proc/${pid}/oom_score_adj`, "utf8"));

// Programs that were started by `docker exec` had the entrypoint's score: the kernel killed the larger entrypoint first.
it("raises an app that was started by somebody else, and leaves this process's own helpers", () => {
  const [other, helper] = [run(), run(false)];
  const before = scoreOf(helper);
  raiseOomScores([other, helper].map(String), new Map());
  expect([scoreOf(other), scoreOf(helper)]).toEqual([OOM_SCORES.app, before]);
});

it("leaves a service's own programs, and raises apps that it has started", () => {
  const [desktop, app] = [run(), run()];
  for (const pid of [desktop, app]) setOomScore(pid, OOM_SCORES.desktop);
  const score = OOM_SCORES.desktop;
  const classes = new Map([
    [desktop, { score, programs: new Set(["sleep"]) }],
    [app, { score, programs: new Set(["xfwm4"]) }],
  ]);
  raiseOomScores([desktop, app].map(String), classes);
  expect([scoreOf(desktop), scoreOf(app)]).toEqual([OOM_SCORES.desktop, OOM_SCORES.app]);
});

// Chromium wants its pages to be killed before the rest of it.
it("adds what an app has chosen for one of its processes", () => {
  const [page, eager] = [run(), run()];
  setOomScore(page, 300);
  setOomScore(eager, 599);
  for (let times = 0; times < 2; times += 1) raiseOomScores([page, eager].map(String), new Map());
  expect([scoreOf(page), scoreOf(eager)]).toEqual([OOM_SCORES.app + 300, 1_000]);
});

it("passes over processes that have ended", () => {
  expect(() => raiseOomScores(["4194305"], new Map())).not.toThrow();
  expect(() => setOomScore(4_194_305, OOM_SCORES.app)).not.toThrow();
});
