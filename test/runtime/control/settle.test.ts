import { expect, it } from "vitest";
import { type Goal, judge } from "../../../src/runtime/control/settle.ts";
import type { ServiceReport } from "../../../src/runtime/supervisor/report.ts";

const CODE_1 = { code: 1, signal: null, at: "" };
const CODE_0 = { code: 0, signal: null, at: "" };

type Facts = Pick<ServiceReport, "status" | "starts"> & Partial<ServiceReport>;

/** The verdict on a service that had been spawned once when the order was given. */
const judged = (order: Goal["order"], facts: Facts | undefined) =>
  judge({ order, starts: 1 }, facts && { since: "", critical: false, ...facts });

const failed = (text: string) => ({ failure: expect.stringContaining(text) });

it.each<[Goal["order"], Facts, ReturnType<typeof judged>]>([
  ["stop", { status: "stopping", starts: 1 }, "pending"],
  ["stop", { status: "stopped", starts: 1 }, "reached"],
  ["stop", { status: "done", starts: 1 }, "reached"],
  ["stop", { status: "starting", starts: 2 }, failed("was started again")],
  ["restart", { status: "ready", starts: 1 }, "pending"],
  ["restart", { status: "stopping", starts: 1 }, "pending"],
  ["restart", { status: "waiting", starts: 1 }, "pending"],
  ["restart", { status: "starting", starts: 2 }, "pending"],
  ["restart", { status: "ready", starts: 2 }, "reached"],
  ["restart", { status: "done", starts: 2, lastExit: CODE_0 }, "reached"],
  ["restart", { status: "done", starts: 2, lastExit: CODE_1 }, failed("it ended with exit code 1")],
  ["restart", { status: "backoff", starts: 2, lastExit: CODE_1 }, failed("did not become ready")],
  ["restart", { status: "degraded", starts: 2, lastExit: CODE_1 }, failed("did not become ready")],
  // It died and was spawned again between two looks.
  ["restart", { status: "starting", starts: 3, lastExit: CODE_1 }, failed("did not become ready")],
  ["restart", { status: "stopped", starts: 1 }, failed("was stopped by another order")],
  ["start", { status: "ready", starts: 2 }, "reached"],
])("%s: %o is %o", (order, facts, verdict) => {
  expect(judged(order, facts)).toEqual(verdict);
});

it("a service that no longer exists is a failure", () => {
  expect(judged("start", undefined)).toEqual(failed("is gone"));
});
