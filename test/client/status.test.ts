import { expect, test } from "vitest";
import { initialState } from "../../src/client/connection-state.ts";
import { renderStatus } from "../../src/client/status.ts";

test("the wait for the next attempt is counted down in whole seconds", () => {
  const waiting = { ...initialState, phase: "reconnecting", retryAt: 4_000, reason: "network" } as const;
  expect(renderStatus(waiting, 900)).toEqual({
    title: "Reconnecting",
    detail:
      "The server does not answer. The network may be down, or the workspace stopped. Trying again in 4\u00a0s.",
    action: "Try now",
  });
  expect(renderStatus(waiting, 4_200).detail).toContain("in 1\u00a0s.");
});

test("an expired sign-in asks for a reload, because retries would fail", () => {
  expect(renderStatus({ ...initialState, reason: "session" }, 0)).toMatchInlineSnapshot(`
    {
      "action": "Reload page",
      "detail": "Your sign-in is no longer valid. Reload the page to sign in again.",
      "title": "Signed out",
    }
  `);
});

test("a visitor who disconnected can reconnect", () => {
  expect(renderStatus({ ...initialState, reason: "user" }, 0).action).toBe("Reconnect");
});
