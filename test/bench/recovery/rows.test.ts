import { describe, expect, test } from "vitest";
import { readSize } from "../processes.ts";
import { readyTimes } from "./kasmix.ts";
import { joinRuns, type Recovery } from "./measure.ts";
import { recoveryRows, renderRecovery } from "./rows.ts";
import { probeOf } from "./subject.ts";

const MIB = 1024 ** 2;

const kasmix: Recovery = {
  name: "Kasmix",
  started: [5, 6, 7, 130],
  ready: [6, 7, 8, 9],
  memory: { rss: 59.5 * MIB, pss: 40 * MIB, own: 30 * MIB },
  processes: 1,
};
const loop: Recovery = {
  name: "3 s loop",
  started: [100, 1500, 2900, 3000],
  memory: { rss: 5 * MIB, pss: MIB, own: MIB },
  processes: 2,
};

describe("the comparison of supervisors", () => {
  test("has a column for each, targets for Kasmix, and nothing for supervisors without readiness", () => {
    expect(renderRecovery([kasmix, loop])).toMatchInlineSnapshot(`
      "|                               |   Kasmix | 3 s loop |    target | verdict        |
      | ----------------------------- | -------: | -------: | --------: | -------------- |
      | SIGKILL to started again, p50 |     6 ms |  1500 ms |           |                |
      | … p95                         |   130 ms |  3000 ms | <= 100 ms | missed by 30 % |
      | … max                         |   130 ms |  3000 ms |           |                |
      | … p95, by Kasmix's            |        1 |    23.08 |           |                |
      | SIGKILL to ready again, p50   |     7 ms |          |           |                |
      | … p95                         |     9 ms |          | <= 100 ms | met            |
      | … max                         |     9 ms |          |           |                |
      | memory, RSS                   | 59.5 MiB |    5 MiB |           |                |
      | memory, PSS                   |   40 MiB |    1 MiB |           |                |
      | processes                     |        1 |        2 |           |                |"
    `);
  });

  test("works without Kasmix's rivals where they are not available", () => {
    for (const { values } of recoveryRows([kasmix])) expect(values).toHaveLength(1);
  });
});

test("all runs count together, and memory as it was last", () => {
  const later: Recovery = { ...kasmix, started: [1], ready: [2], memory: { rss: 1, pss: 1, own: 1 } };
  expect(joinRuns([kasmix, later])).toEqual({
    ...later,
    started: [5, 6, 7, 130, 1],
    ready: [6, 7, 8, 9, 2],
  });
  expect(joinRuns([loop, loop])).not.toHaveProperty("ready");
  expect(() => joinRuns([])).toThrow(RangeError);
});

test("the last time at which a service became ready is read from the log among other lines", () => {
  const edge = (service: string, to: string, time: string) =>
    JSON.stringify({ time, event: "service", service, to });
  const lines = [
    "no JSON",
    edge("probe-1", "ready", "2026-01-01T00:00:00.000Z"),
    edge("probe-1", "waiting", "2026-01-01T00:00:01.000Z"),
    edge("probe-1", "ready", "2026-01-01T00:00:01.250Z"),
    JSON.stringify({ service: "probe-1", stream: "stdout", line: "ready" }),
    "",
  ];
  expect([...readyTimes(lines)]).toEqual([["probe-1", Date.parse("2026-01-01T00:00:01.250Z")]]);
});

test("a probe is distinguished from its supervisor by its command line", () => {
  const process = (...command: string[]) => ({ pid: 7, innerPid: 7, command });
  expect(probeOf(process("/bin/sh", "/run/kasmix-bench/probe.sh", "probe-3"))).toBe("probe-3");
  expect(probeOf(process("/bin/bash", "/tmp/probes/loop.sh", "/tmp/probes", "probe-1"))).toBeUndefined();
  expect(probeOf(process("s6-supervise", "probe-1"))).toBeUndefined();
});

test("sizes are read from the kernel's status of a process", () => {
  const rollup =
    "00400000-7fff [rollup]\nRss:               69568 kB\nPss:  4 kB\nPrivate_Clean:        8 kB\n";
  expect(readSize(rollup, "Rss")).toBe(69_568 * 1024);
  expect(readSize(rollup, "Private_Dirty")).toBe(0);
});
