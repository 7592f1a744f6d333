import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type ConnectionEvent,
  type ConnectionState,
  initialState,
  isDialing,
  nextState,
  retryDelay,
} from "../../src/client/connection-state.ts";

const lost: ConnectionEvent = { type: "lost", reason: "network" };

function run(events: readonly ConnectionEvent[], start = initialState, now = 0): ConnectionState {
  return events.reduce((state, event) => nextState(state, event, now), start);
}

describe("connecting", () => {
  test("starts by dialing at once", () => {
    const state = run([{ type: "connect" }]);
    expect(state.phase).toBe("connecting");
    expect(isDialing(state)).toBe(true);
  });

  test("is connected when the attempt succeeds", () => {
    expect(run([{ type: "connect" }, { type: "established" }]).phase).toBe("connected");
  });

  test("a first attempt that fails is tried again, not given up", () => {
    const state = run([{ type: "connect" }, lost]);
    expect(state).toMatchObject({ phase: "reconnecting", retryAt: 500, reason: "network" });
  });
});

describe("back-off", () => {
  test("grows and is capped", () => {
    expect([1, 2, 3, 4, 5, 6, 7, 40].map(retryDelay)).toEqual([
      500, 1000, 2000, 4000, 8000, 15000, 15000, 15000,
    ]);
  });

  test("waits longer after every failure in a row", () => {
    let state = run([{ type: "connect" }]);
    let now = 0;
    const waits: number[] = [];
    for (let failure = 0; failure < 9; failure++) {
      state = nextState(state, lost, now);
      waits.push((state.retryAt ?? 0) - now);
      now = state.retryAt ?? now;
      state = nextState(state, { type: "due" }, now);
      expect(isDialing(state)).toBe(true);
    }
    expect(waits).toEqual(waits.toSorted((a, b) => a - b));
    expect(waits.at(-1)).toBe(15_000);
  });

  test("starts over after a connection that lasted", () => {
    const failing = { ...run([{ type: "connect" }]), failures: 5 };
    const connected = nextState(failing, { type: "established" }, 1_000);
    expect(nextState(connected, lost, 60_000)).toMatchObject({ failures: 1, retryAt: 60_500 });
  });

  test("continues after a connection that was dropped at once", () => {
    const failing = { ...run([{ type: "connect" }]), failures: 5 };
    const connected = nextState(failing, { type: "established" }, 1_000);
    expect(nextState(connected, lost, 1_100).failures).toBe(6);
  });

  // It changed nothing, and the page in Firefox stayed "reconnecting" for ever: no other timer was set.
  test("a timer that fires early ends the wait too", () => {
    const waiting = run([{ type: "connect" }, lost]);
    expect(isDialing(nextState(waiting, { type: "due" }, 499))).toBe(true);
  });
});

describe("waking", () => {
  test("the network coming back ends the wait and the back-off", () => {
    const waiting = { ...run([{ type: "connect" }, lost]), failures: 7, retryAt: 15_000 };
    const state = nextState(waiting, { type: "wake" }, 10);
    expect(state).toMatchObject({ phase: "reconnecting", retryAt: null, failures: 0 });
    expect(isDialing(state)).toBe(true);
  });

  test("changes nothing while connected, dialing or disconnected", () => {
    for (const state of [
      initialState,
      run([{ type: "connect" }]),
      run([{ type: "connect" }, { type: "established" }]),
    ]) {
      expect(nextState(state, { type: "wake" }, 1)).toBe(state);
    }
  });
});

describe("ending", () => {
  const event = fc.constantFrom<ConnectionEvent>(
    { type: "connect" },
    { type: "established" },
    { type: "due" },
    { type: "wake" },
    lost,
    { type: "refused", reason: "session" },
  );

  test("stop wins over whatever happened and whatever comes late", () => {
    fc.assert(
      fc.property(
        fc.array(event),
        fc.array(event.filter(({ type }) => type !== "connect")),
        (before, late) => {
          const state = run(late, nextState(run(before), { type: "stop" }, 0), 1e9);
          expect(state.phase).toBe("disconnected");
          expect(state.reason).toBe("user");
          expect(isDialing(state)).toBe(false);
        },
      ),
    );
  });

  test("credentials that are refused end the attempts, with the reason", () => {
    const state = run([{ type: "connect" }, lost, { type: "wake" }, { type: "refused", reason: "session" }]);
    expect(state).toEqual({ ...initialState, reason: "session" });
  });

  test("connecting again starts fresh", () => {
    expect(run([{ type: "connect" }, lost, { type: "stop" }, { type: "connect" }])).toMatchObject({
      phase: "connecting",
      failures: 0,
      reason: null,
    });
  });

  test("a wait is planned in the reconnecting phase only", () => {
    fc.assert(
      fc.property(fc.array(event), (events) => {
        const state = run(events);
        if (state.retryAt !== null) expect(state.phase).toBe("reconnecting");
        expect(state.connectedAt !== null).toBe(state.phase === "connected");
      }),
    );
  });
});
