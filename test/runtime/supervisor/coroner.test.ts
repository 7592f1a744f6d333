import { expect, it } from "vitest";
import { createCoroner } from "../../../src/runtime/supervisor/coroner.ts";
import type { Edge } from "../../../src/runtime/supervisor/model.ts";
import { memoryLog } from "../memory-log.ts";

const edge = (to: Edge["to"], more: Partial<Edge> = {}): Edge => {
  return { service: "a", from: "starting", to, attempt: 1, ...more };
};

it("tells in one record how a service kept dying and what it said last", () => {
  const { log, events } = memoryLog();
  const coroner = createCoroner(log);
  for (let line = 1; line <= 12; line += 1) coroner.heard("a", `line ${line}`);
  coroner.heard("b", "somebody else");
  coroner.note(edge("backoff", { code: 1, signal: null, delay: 200 }));
  coroner.note(edge("backoff", { code: null, signal: "SIGSEGV", delay: 400 }));
  coroner.note(edge("degraded", { code: null, signal: null, error: "spawn x ENOENT", delay: 60_000 }));
  const [summary] = events("service.crash-loop");
  expect(summary).toMatchObject({
    service: "a",
    message:
      "a keeps dying without becoming ready (spawn x ENOENT): the program is not in the image; it is tried again every 60 s, and at once by: kasmixctl restart a",
    exits: ["exit code 1", "killed by SIGSEGV", "spawn x ENOENT"],
  });
  expect(summary?.lines).toEqual(Array.from({ length: 10 }, (_, index) => `line ${index + 3}`));
});

it("counts only deaths since the service was last well", () => {
  const { log, events } = memoryLog();
  const coroner = createCoroner(log);
  coroner.note(edge("backoff", { code: 1, signal: null }));
  coroner.note(edge("ready"));
  coroner.note(edge("degraded", { code: 2, signal: null }));
  expect(events("service.crash-loop")).toMatchObject([
    { exits: ["exit code 2"], message: expect.stringContaining("it wrote nothing; it is critical") },
  ]);
});

it.each([
  ["spawn sh EMFILE", "--ulimit nofile"],
  ["spawn sh EAGAIN", "--pids-limit"],
  ["spawn sh ENOMEM", "--memory"],
  ["spawn /x EACCES", "may execute"],
])("says what to do when it could not be spawned: %s", (error, advice) => {
  const { log, events } = memoryLog();
  createCoroner(log).note(edge("degraded", { code: null, signal: null, error, delay: 60_000 }));
  expect(events("service.crash-loop")).toMatchObject([{ message: expect.stringContaining(advice) }]);
});
