import { describe, expect, test } from "vitest";
import { createCounter } from "./attempts.ts";
import { checkSoak, countZombies, memoryTrend, renderFailures, renderSoak, type Soak } from "./verdict.ts";

const identity = { id: "abc", startedAt: "2026-01-01T00:00:00Z", restartCount: 0 };

/** A sample each second; growth in kB a minute, over what the garbage collector does. */
function samples(minutes: number, growth: number): Soak["memory"] {
  return Array.from({ length: minutes * 60 }, (_, second) => {
    const collected = (second % 45) * 20;
    return { minute: second / 60, rss: (60_000 + (second / 60) * growth + collected) * 1024 };
  });
}

const good: Soak = {
  minutes: 20,
  before: identity,
  after: identity,
  zombies: 0,
  execs: { tried: 4000, failed: 0 },
  answers: { tried: 1200, failed: 0 },
  rest: 3.2,
  kills: { display: 20, sound: 22 },
  restarts: { desktop: 20, display: 20, sound: 22 },
  statuses: { desktop: "ready", display: "ready", sound: "ready" },
  memory: samples(20, 0),
};

describe("a soak", () => {
  test("is passed when all is as it should be", () => {
    expect(checkSoak(good).map(({ met }) => met)).toEqual(Array(7).fill(true));
    expect(renderFailures(checkSoak(good))).toBe("");
    expect(renderSoak(good)).toMatchInlineSnapshot(`
      "|                      |                        found |       wanted | verdict |
      | -------------------- | ---------------------------: | -----------: | ------- |
      | container            |                     the same |     the same | met     |
      | RestartCount         |                            0 |            0 | met     |
      | zombies              |                            0 |            0 | met     |
      | services ready again |              all 3 after 3 s |        all 3 | met     |
      | docker exec          |                 4000 of 4000 |        100 % | met     |
      | gateway answers      |                 1200 of 1200 |        100 % | met     |
      | supervisor's RSS     | -1 kB/min (59.2 to 59.2 MiB) | < 100 kB/min | met     |

      | service | killed | started again | at the end |
      | ------- | -----: | ------------: | ---------- |
      | desktop |      0 |            20 | ready      |
      | display |     20 |            20 | ready      |
      | sound   |     22 |            22 | ready      |
      | all     |     42 |            62 |            |"
    `);
  });

  test.each<[string, Partial<Soak>, string]>([
    ["the container was created again", { after: { ...identity, id: "def" } }, "container: another"],
    ["the container was started again", { after: { ...identity, startedAt: "later" } }, "container: another"],
    ["the engine counted a restart", { after: { ...identity, restartCount: 1 } }, "RestartCount: 1"],
    ["a zombie stays", { zombies: 2 }, "zombies: 2"],
    [
      "a service is not ready",
      { statuses: { display: "degraded" } },
      "services ready again: display degraded",
    ],
    ["no service is known", { statuses: {} }, "services ready again"],
    [
      "docker exec failed once",
      { execs: { tried: 9, failed: 1, reason: "no" } },
      "docker exec: 8 of 9 (first: no)",
    ],
    ["docker exec was never tried", { execs: { tried: 0, failed: 0 } }, "docker exec: 0 of 0"],
    ["the gateway was silent", { answers: { tried: 9, failed: 9, reason: "no" } }, "gateway answers: 0 of 9"],
    ["memory grows", { memory: samples(20, 150) }, "supervisor's RSS: "],
  ])("fails when %s", (_, change, message) => {
    expect(renderFailures(checkSoak({ ...good, ...change }))).toContain(`The soak failed. ${message}`);
  });

  test("that is too short for a slope says so, and fails for nothing else", () => {
    const short = { ...good, memory: samples(2, 5000) };
    expect(checkSoak(short).at(-1)).not.toHaveProperty("met");
    expect(renderSoak(short)).toContain("too short to judge");
    expect(renderFailures(checkSoak(short))).toBe("");
  });
});

describe("the trend of memory", () => {
  test("is in kB a minute and leaves the warm-up out", () => {
    const warm = samples(20, 0).map(({ minute, rss }) => ({
      minute,
      rss: minute < 5 ? rss - (5 - minute) * 5e6 : rss,
    }));
    const { longEnough, slope } = memoryTrend({ memory: warm });
    expect(longEnough).toBe(true);
    expect(Math.abs(slope)).toBeLessThan(10);
    expect(memoryTrend({ memory: samples(20, 300) }).slope).toBeCloseTo(300, -1.5);
  });

  test("is nothing without samples", () => {
    expect(memoryTrend({ memory: [] })).toEqual({ longEnough: false, slope: 0, first: 0, last: 0 });
  });
});

test("zombies are counted by the state behind the name, which may hold anything", () => {
  const stats = ["1 (tini) S 0 1", "7 (sh) Z 1 7", "8 (a) Z (b) S 1 8", "9 (a) S (b) Z 1 9", ""].join("\n");
  expect(countZombies(stats)).toBe(2);
});

test("attempts are counted, with the reason of the first failure", () => {
  const counter = createCounter();
  counter.succeeded();
  counter.failed(new Error("first"));
  counter.failed("second");
  expect(counter.attempts).toEqual({ tried: 3, failed: 2, reason: "Error: first" });
});
