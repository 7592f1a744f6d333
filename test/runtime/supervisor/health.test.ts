import { setImmediate as turn } from "node:timers/promises";
import { expect, it } from "vitest";
import { type Finding, followHealth } from "../../../src/runtime/supervisor/health.ts";

/** Follows a service whose looks end as the test says. */
function follow() {
  const told: string[] = [];
  const open: { resolve(found: Finding): void; reject(error: Error): void }[] = [];
  const look = () => new Promise<Finding>((resolve, reject) => void open.push({ resolve, reject }));
  const tick = followHealth(look, {
    onLost: (reason) => void told.push(reason),
    onWell: () => void told.push("well"),
  });
  const found = async (finding: Finding) => {
    tick();
    open.at(-1)?.resolve(finding);
    await turn();
  };
  return { told, open, tick, found };
}

const bad = { wrong: "no panel" };

it("is lost with the second bad look in a row, once, and well with the next good one", async () => {
  const { told, found } = follow();
  await found(bad);
  await found("well");
  await found(bad);
  expect(told).toEqual([]);
  await found(bad);
  await found(bad);
  expect(told).toEqual(["no panel"]);
  await found("well");
  await found("well");
  expect(told).toEqual(["no panel", "well"]);
});

it("knows neither good nor bad from a look that cannot tell", async () => {
  const { told, found } = follow();
  await found(bad);
  await found("unknown");
  await found(bad);
  expect(told).toEqual(["no panel"]);
  await found("unknown");
  expect(told).toEqual(["no panel"]);
});

it("counts a look without an answer by the next time as bad, and does not look again meanwhile", async () => {
  const { told, open, tick, found } = follow();
  tick();
  tick();
  tick();
  expect(open).toHaveLength(1);
  expect(told).toEqual(["it does not answer"]);
  open[0]?.resolve("well");
  await turn();
  expect(told).toEqual(["it does not answer", "well"]);
  await found("well");
  expect(open).toHaveLength(2);
});

// The bus would have been restarted, and the desktop with it, because the entrypoint had no file descriptor left.
it("knows nothing when it could not even ask", async () => {
  const { told, open, tick } = follow();
  for (let times = 0; times < 3; times += 1) {
    tick();
    open.at(-1)?.reject(Object.assign(new Error("connect EMFILE"), { code: "EMFILE" }));
    await turn();
  }
  expect(told).toEqual([]);
});

it("counts a look that fails as bad", async () => {
  const { told, open, tick } = follow();
  for (let times = 0; times < 2; times += 1) {
    tick();
    open.at(-1)?.reject(new Error("it hangs up"));
    await turn();
  }
  expect(told).toEqual(["it does not answer: it hangs up"]);
});
