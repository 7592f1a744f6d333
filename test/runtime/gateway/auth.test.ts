import { describe, expect, it } from "vitest";
import { Authenticator } from "../../../src/runtime/gateway/auth.ts";
import { createThrottle } from "../../../src/runtime/gateway/throttle.ts";

const basic = (user: string, password: string) =>
  `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;

function gate(passwords = { owner: "pä:ss", viewer: "look" }) {
  const clock = { now: 0 };
  const now = () => clock.now;
  const authenticator = new Authenticator(passwords, { now, throttle: createThrottle({ now }) });
  const judge = (authorization?: string, cookie?: string, address = "192.0.2.1") =>
    authenticator.judge({ authorization, cookie, address });
  return { clock, judge, users: authenticator.users };
}

describe("passwords", () => {
  it.each([
    ["the owner's", basic("kasm_user", "pä:ss"), { outcome: "admitted", role: "owner" }],
    ["the viewer's", basic("kasm_viewer", "look"), { outcome: "admitted", role: "viewer" }],
    ["the viewer's for the owner", basic("kasm_user", "look"), { outcome: "wrong" }],
    ["another user's", basic("root", "pä:ss"), { outcome: "wrong" }],
    ["an empty one", basic("kasm_user", ""), { outcome: "wrong" }],
    ["another scheme's", "Bearer pä:ss", { outcome: "wrong" }],
    ["invalid base64", "Basic ???", { outcome: "wrong" }],
  ])("judges %s", (_, authorization, expected) => {
    expect(gate().judge(authorization)).toMatchObject(expected);
  });

  it("admits no viewer without a password for viewers", () => {
    const { judge } = gate({ owner: "secret" } as { owner: string; viewer: string });
    expect(judge(basic("kasm_viewer", "undefined"))).toEqual({ outcome: "wrong" });
    expect(judge(basic("kasm_viewer", ""))).toEqual({ outcome: "wrong" });
  });

  it("does not count a missing password as a failure", () => {
    const { judge } = gate();
    for (let attempt = 0; attempt < 20; attempt += 1) expect(judge()).toEqual({ outcome: "missing" });
    expect(judge(basic("kasm_user", "pä:ss"))).toMatchObject({ outcome: "admitted" });
  });
});

describe("guessing", () => {
  const wrong = basic("kasm_user", "guess");

  it("causes a pause that grows from 1 s to 60 s after five failures", () => {
    const { clock, judge } = gate();
    for (let attempt = 0; attempt < 5; attempt += 1) expect(judge(wrong)).toEqual({ outcome: "wrong" });
    const pauses: number[] = [];
    for (let attempt = 0; attempt < 8; attempt += 1) {
      const verdict = judge(wrong);
      if (verdict.outcome !== "wait") throw new Error("no pause");
      pauses.push(verdict.seconds);
      clock.now += verdict.seconds * 1000;
      expect(judge(wrong)).toEqual({ outcome: "wrong" });
    }
    expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 60, 60]);
  });

  it("refuses even the right password during a pause, and is forgotten after a success", () => {
    const { clock, judge } = gate();
    const right = basic("kasm_user", "pä:ss");
    for (let attempt = 0; attempt < 5; attempt += 1) judge(wrong);
    expect(judge(right)).toEqual({ outcome: "wait", seconds: 1 });
    clock.now += 1000;
    expect(judge(right)).toMatchObject({ outcome: "admitted" });
    expect(judge(wrong)).toEqual({ outcome: "wrong" });
    expect(judge(right)).toMatchObject({ outcome: "admitted" });
  });

  // A viewer's own password between two guesses at the owner's reset the count, so guessing was free for viewers.
  it("is not forgotten after a success of another user", () => {
    const { judge } = gate();
    const viewer = basic("kasm_viewer", "look");
    for (let attempt = 0; attempt < 5; attempt += 1) {
      expect(judge(wrong)).toEqual({ outcome: "wrong" });
      if (attempt < 4) expect(judge(viewer)).toMatchObject({ outcome: "admitted" });
    }
    expect(judge(wrong)).toEqual({ outcome: "wait", seconds: 1 });
  });

  it("at several users is not forgotten after a success of one of them", () => {
    const { judge } = gate();
    for (const name of ["kasm_user", "kasm_viewer", "kasm_user", "kasm_viewer"]) judge(basic(name, "guess"));
    expect(judge(basic("kasm_viewer", "look"))).toMatchObject({ outcome: "admitted" });
    expect(judge(wrong)).toEqual({ outcome: "wrong" });
    expect(judge(wrong)).toEqual({ outcome: "wait", seconds: 1 });
  });

  it("is counted per address, and per /64 network for IPv6", () => {
    const { judge } = gate();
    for (let attempt = 0; attempt < 5; attempt += 1) judge(wrong, undefined, `2001:db8::${attempt}`);
    expect(judge(wrong, undefined, "2001:db8::ffff")).toMatchObject({ outcome: "wait" });
    expect(judge(wrong, undefined, "2001:db8:0:1::1")).toMatchObject({ outcome: "wrong" });
    expect(judge(wrong, undefined, "::ffff:192.0.2.1")).toMatchObject({ outcome: "wrong" });
  });

  it("is remembered for a bounded number of addresses", () => {
    const throttle = createThrottle({ now: () => 0, capacity: 10 });
    for (let host = 0; host < 1000; host += 1) {
      for (let attempt = 0; attempt < 5; attempt += 1) throttle.failed(`10.0.${host >> 8}.${host & 255}`);
    }
    expect(throttle.wait("10.0.0.0")).toBe(0);
    expect(throttle.wait("10.0.3.231")).toBeGreaterThan(0);
  });
});

describe("the session cookie", () => {
  function session() {
    const { clock, judge, users } = gate();
    const verdict = judge(basic("kasm_viewer", "look"));
    const setCookie = verdict.outcome === "admitted" ? (verdict.setCookie ?? "") : "";
    return { clock, judge, users, setCookie, pair: setCookie.split(";")[0] ?? "" };
  }

  it("admits in the role it was given for, among other cookies", () => {
    const { judge, pair } = session();
    expect(judge(undefined, `other=1; ${pair}`)).toMatchObject({ outcome: "admitted", role: "viewer" });
  });

  it("is out of reach for scripts, plain HTTP and other sites", () => {
    expect(session().setCookie).toMatch(
      /^__Host-kasmix-\w+=.*; Path=\/; Max-Age=43200; HttpOnly; Secure; SameSite=Strict$/,
    );
  });

  it("cannot be altered, extended, or used on another container", () => {
    const { judge, users, pair } = session();
    const [viewer, owner] = ["kasm_viewer", "kasm_user"].map((name) => users.find(name)?.id ?? "none");
    expect(pair).toContain(viewer);
    expect(judge(undefined, pair.replace(`${viewer}`, `${owner}`))).toEqual({ outcome: "missing" });
    expect(judge(undefined, pair.replace(/\.(\d+)\./, ".99999999999999."))).toEqual({ outcome: "missing" });
    expect(judge(undefined, pair.slice(0, -4))).toEqual({ outcome: "missing" });
    expect(gate().judge(undefined, pair)).toEqual({ outcome: "missing" });
  });

  it("ends after twelve hours", () => {
    const { clock, judge, pair } = session();
    clock.now = 12 * 3600 * 1000;
    expect(judge(undefined, pair)).toEqual({ outcome: "missing" });
  });
});
