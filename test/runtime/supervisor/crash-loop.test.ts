import { expect, it } from "vitest";
import { createCrashLoopReporter } from "../../../src/runtime/supervisor/crash-loop.ts";
import type { Edge } from "../../../src/runtime/supervisor/model.ts";
import { memoryLog } from "../memory-log.ts";

const edge = (to: Edge["to"], more: Partial<Edge> = {}): Edge => {
  return { service: "a", from: "starting", to, attempt: 1, ...more };
};

it("logs in one record how a service exited each time, and its last lines", () => {
  const { log, events } = memoryLog();
  const reporter = createCrashLoopReporter(log);
  for (let line = 1; line <= 12; line += 1) reporter.onLine("a", `line ${line}`);
  reporter.onLine("b", "another service");
  reporter.onEdge(edge("backoff", { code: 1, signal: null, delay: 200 }));
  reporter.onEdge(edge("backoff", { code: null, signal: "SIGSEGV", delay: 400 }));
  reporter.onEdge(edge("degraded", { code: null, signal: null, error: "spawn x ENOENT", delay: 60_000 }));
  const [summary] = events("service.crash-loop");
  expect(summary).toMatchObject({
    service: "a",
    message:
      "a keeps exiting without becoming ready (spawn x ENOENT): the program is not in the image; it is started again every 60 s, or at once with: kasmixctl restart a",
    exits: ["exit code 1", "killed by SIGSEGV", "spawn x ENOENT"],
  });
  expect(summary?.lines).toEqual(Array.from({ length: 10 }, (_, index) => `line ${index + 3}`));
});

it("counts only exits since the service was last ready", () => {
  const { log, events } = memoryLog();
  const reporter = createCrashLoopReporter(log);
  reporter.onEdge(edge("backoff", { code: 1, signal: null }));
  reporter.onEdge(edge("ready"));
  reporter.onEdge(edge("degraded", { code: 2, signal: null }));
  expect(events("service.crash-loop")).toMatchObject([
    { exits: ["exit code 2"], message: expect.stringContaining("it wrote nothing; the service is critical") },
  ]);
});

it.each([
  ["spawn sh EMFILE", "--ulimit nofile"],
  ["spawn sh EAGAIN", "--pids-limit"],
  ["spawn sh ENOMEM", "--memory"],
  ["spawn /x EACCES", "may not execute"],
])("gives advice when it could not be spawned: %s", (error, advice) => {
  const { log, events } = memoryLog();
  createCrashLoopReporter(log).onEdge(edge("degraded", { code: null, signal: null, error, delay: 60_000 }));
  expect(events("service.crash-loop")).toMatchObject([{ message: expect.stringContaining(advice) }]);
});

// What is given up is tried every 10 s: its summary would drown the log.
it("logs that a service is given up only once in ten minutes", () => {
  const { log, events } = memoryLog();
  let now = 1_000;
  const reporter = createCrashLoopReporter(log, () => now);
  const giveUp = () => reporter.onEdge(edge("degraded", { code: 1, signal: null, delay: 10_000 }));
  giveUp();
  now += 599_999;
  giveUp();
  expect(events("service.crash-loop")).toHaveLength(1);
  now += 1;
  giveUp();
  expect(events("service.crash-loop")).toHaveLength(2);
});
