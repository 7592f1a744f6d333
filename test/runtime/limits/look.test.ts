import { describe, expect, it } from "vitest";
import { lookAt } from "../../../src/runtime/limits/look.ts";

const [SECOND, MINUTE, HOUR] = [1_000, 60_000, 3_600_000];

describe("an idle limit", () => {
  const look = (idle: number, now: number) =>
    lookAt({ idle, end: "stop" }, { input: 0, began: undefined }, now);

  it("warns for a minute, looks every second then, and is reached in time", () => {
    expect(look(30 * MINUTE, 28 * MINUTE)).toEqual({ again: MINUTE });
    expect(look(30 * MINUTE, 28.5 * MINUTE)).toEqual({ again: 30 * SECOND });
    expect(look(30 * MINUTE, 29 * MINUTE)).toEqual({ cause: "idle", left: MINUTE, again: SECOND });
    expect(look(30 * MINUTE, 30 * MINUTE)).toMatchObject({ cause: "idle", left: 0 });
    expect(look(30 * MINUTE, 99 * MINUTE).left).toBeLessThan(0);
  });

  it("that is short warns for its last quarter", () => {
    expect(look(20 * SECOND, 14 * SECOND)).toEqual({ again: SECOND });
    expect(look(20 * SECOND, 15 * SECOND)).toEqual({ cause: "idle", left: 5 * SECOND, again: SECOND });
  });
});

describe("a longest time", () => {
  const limits = { longest: 8 * HOUR, end: "disconnect" } as const;

  it("begins with the first visit, whatever input there is, and warns for five minutes", () => {
    const now = 8 * HOUR - 5 * MINUTE;
    expect(lookAt(limits, { input: now, began: undefined }, now)).toEqual({ again: MINUTE });
    expect(lookAt(limits, { input: now, began: 0 }, now)).toMatchObject({
      cause: "longest",
      left: 5 * MINUTE,
    });
    expect(lookAt(limits, { input: now, began: SECOND }, now)).toEqual({ again: SECOND });
  });

  it("and an idle limit: the nearer end counts", () => {
    const both = { ...limits, idle: HOUR };
    const now = 8 * HOUR - 2 * MINUTE;
    const cause = (input: number) => lookAt(both, { input, began: 0 }, now).cause;
    expect([cause(now), cause(now - HOUR + MINUTE)]).toEqual(["longest", "idle"]);
  });
});
