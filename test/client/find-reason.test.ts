import { expect, test } from "vitest";
import { findReason } from "../../src/client/find-reason.ts";

const OWN = { "Kasmix-Gateway": "1" };
const own = (status: number, headers: Record<string, string> = {}) =>
  new Response(null, { status, headers: { ...OWN, ...headers } });
const foreign = (status: number) => new Response(null, { status });

/** The reason for these answers of the page and, if it is asked, of the address that tells the cause. */
async function reason(page: Response | Error, told?: Response | Error, opened = false) {
  const answers = [page, told];
  const send = async () => {
    const answer = answers.shift();
    if (answer === undefined || answer instanceof Error) throw answer ?? new Error("one question too many");
    return answer;
  };
  return findReason({ page: "https://desk/", refusal: "https://desk/api/refusal", opened, fetch: send });
}

test("an opened WebSocket that failed is the desktop's fault, and the sign-in's where it is no longer valid", async () => {
  expect(await reason(own(200), undefined, true)).toBe("desktop");
  expect(await reason(own(401), undefined, true)).toBe("session");
  expect(await reason(own(429))).toBe("throttled");
  expect(await reason(new Error("offline"))).toBe("network");
});

/** A rewritten Host and a missing Upgrade header gave for ever "the desktop is not ready yet". */
test("a refused WebSocket has the cause that the server tells", async () => {
  for (const [cause, expected] of [
    ["origin", "origin"],
    ["upgrade", "upgrade"],
    ["password", "cookie"],
    ["other", "desktop"],
  ] as const) {
    expect(await reason(own(200), own(200, { "Kasmix-Refusal": cause }))).toBe(expected);
  }
  expect(await reason(own(200), own(200))).toBe("blocked");
  expect(await reason(own(200), own(404))).toBe("desktop");
  expect(await reason(own(200), foreign(404))).toBe("foreign");
});

/** A proxy's 403 said "Signed out", and its 502 "the desktop is not ready yet". */
test("a proxy's answer is not taken for the server's", async () => {
  for (const status of [502, 503, 504]) expect(await reason(foreign(status))).toBe("unreached");
  for (const status of [401, 403]) expect(await reason(foreign(status))).toBe("proxy");
  for (const status of [200, 404, 500]) expect(await reason(foreign(status))).toBe("foreign");
  const redirect = { type: "opaqueredirect", status: 0, headers: new Headers() } as Response;
  expect(await reason(redirect)).toBe("proxy");
});
