import { describe, expect, it } from "vitest";
import { Authenticator } from "../../../src/runtime/gateway/auth.ts";
import { createThrottle } from "../../../src/runtime/gateway/throttle.ts";
import { memoryLog } from "../memory-log.ts";

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

const OWNER = basic("kasm_user", "pä:ss");
const VIEWER = basic("kasm_viewer", "look");
const WRONG = basic("kasm_user", "guess");

describe("guessing", () => {
  const fail = (
    judge: ReturnType<typeof gate>["judge"],
    times: number,
    authorization = WRONG,
    address?: string,
  ) => {
    for (let attempt = 0; attempt < times; attempt += 1)
      expect(judge(authorization, undefined, address)).toMatchObject({ outcome: "wrong" });
  };

  it("causes a pause that grows from 1 s to 60 s after five failures, even for the right password", () => {
    const pauseAfter = (failures: number) => {
      const { clock, judge } = gate();
      for (let failure = 1; failure < failures; failure += 1) {
        judge(WRONG);
        clock.now += failure < 5 ? 0 : 60_000;
      }
      judge(WRONG);
      const begin = clock.now;
      while (judge(OWNER).outcome === "wait") clock.now += 1000;
      return (clock.now - begin) / 1000;
    };
    expect([1, 4, 5, 6, 7, 8, 9, 10, 11, 12].map(pauseAfter)).toEqual([0, 0, 1, 2, 4, 8, 16, 32, 60, 60]);
  });

  it("is forgotten after 15 minutes without a failure", () => {
    const { clock, judge } = gate();
    for (let attempt = 0; attempt < 20; attempt += 1) judge(WRONG);
    clock.now += 15 * 60_000;
    fail(judge, 5);
  });

  it("is forgotten when the user signs in", () => {
    const { clock, judge } = gate();
    fail(judge, 5);
    expect(judge(WRONG)).toEqual({ outcome: "wait", seconds: 1 });
    clock.now += 1000;
    expect(judge(OWNER)).toMatchObject({ outcome: "admitted" });
    fail(judge, 5);
  });

  // 34 requests with ever new names in 240 s refused the owner's password 231 of 231 times from the same address.
  it("with ever new names is braked, but does not keep users out of the same address", () => {
    const { clock, judge } = gate();
    const outcomes: string[] = [];
    for (let second = 0; second < 240; second += 1, clock.now += 1000) {
      outcomes.push(judge(basic(`name-${second}`, "guess")).outcome);
      expect(judge(OWNER)).toMatchObject({ outcome: "admitted", role: "owner" });
      expect(judge(VIEWER)).toMatchObject({ outcome: "admitted", role: "viewer" });
    }
    expect(outcomes.filter((outcome) => outcome === "wrong").length).toBeLessThan(15);
  });

  it("at one user keeps no other user out of the same address", () => {
    const { judge } = gate();
    fail(judge, 5);
    expect(judge(OWNER)).toMatchObject({ outcome: "wait" });
    expect(judge(VIEWER)).toMatchObject({ outcome: "admitted" });
  });

  // Behind the pause that other names have caused, the owner's password could otherwise be guessed without end.
  it("at a user is counted while other names have caused a pause", () => {
    const { clock, judge } = gate();
    fail(judge, 5, basic("nobody", "guess"));
    for (let attempt = 0; attempt < 5; attempt += 1) expect(judge(WRONG)).toMatchObject({ outcome: "wait" });
    expect(judge(OWNER)).toMatchObject({ outcome: "wait" });
    clock.now += 1000;
    expect(judge(OWNER)).toMatchObject({ outcome: "admitted" });
  });

  // Any success between two guesses began a new count, so guessing was free beside a user who keeps signing in.
  it("beside successes of the same user is free thirty times, beside those of others five times", () => {
    const countFree = (right: string) => {
      const { judge } = gate();
      for (let free = 0; free < 100; free += 1) {
        if (judge(right).outcome === "wait" || judge(WRONG).outcome === "wait") return free;
      }
      return 100;
    };
    expect([countFree(OWNER), countFree(VIEWER)]).toEqual([30, 5]);
  });

  it("is told the same whether or not the user exists and, in a pause, the password is right", () => {
    const told = (...names: readonly string[]) => {
      const { clock, judge } = gate();
      return Array.from({ length: 60 }, (_, attempt) => {
        clock.now += (attempt % 7) * 300;
        return judge(
          basic(names[attempt % names.length] ?? "", attempt > 8 && attempt < 11 ? "pä:ss" : "guess"),
        );
      });
    };
    expect(told("kasm_user")).toEqual(told("nobody"));
    expect(told("nobody", "kasm_viewer")).toEqual(told("nobody", "somebody"));
  });

  it("from many addresses keeps nobody out of another one, and each has few guesses", () => {
    const { clock, judge } = gate();
    let guesses = 0;
    for (let minute = 0; minute < 60; minute += 1, clock.now += 60_000) {
      for (let host = 0; host < 20; host += 1) {
        for (let attempt = 0; attempt < 10; attempt += 1)
          if (judge(WRONG, undefined, `198.51.100.${host}`).outcome === "wrong") guesses += 1;
      }
      expect(judge(OWNER)).toMatchObject({ outcome: "admitted" });
    }
    // Five at once, then one a minute.
    expect(guesses / 20).toBeLessThan(5 + 60);
  });

  it("is counted per /64 of IPv6, and per /48 above it, where 80 are free", () => {
    const { judge } = gate();
    for (let host = 0; host < 5; host += 1) fail(judge, 1, WRONG, `2001:db8::${host}`);
    expect(judge(OWNER, undefined, "2001:db8::ffff")).toMatchObject({ outcome: "wait" });
    for (let net = 1; net < 16; net += 1) {
      expect(judge(OWNER, undefined, `2001:db8:0:${net}::1`)).toMatchObject({ outcome: "admitted" });
      for (let attempt = 0; attempt < 5; attempt += 1) judge(WRONG, undefined, `2001:db8:0:${net}::1`);
    }
    expect(judge(OWNER, undefined, "2001:db8:0:ffff::1")).toMatchObject({ outcome: "wait" });
    expect(judge(VIEWER, undefined, "2001:db8:0:ffff::1")).toMatchObject({ outcome: "admitted" });
    expect(judge(OWNER, undefined, "2001:db8:1::1")).toMatchObject({ outcome: "admitted" });
    expect(judge(OWNER, undefined, "::ffff:192.0.2.1")).toMatchObject({ outcome: "admitted" });
  });

  it("is remembered for a bounded number of networks and accounts, the latest ones", () => {
    const throttle = createThrottle({ now: () => 0, capacity: 10 });
    const fail = (address: string) => throttle.attempt({ address, account: "user", right: false });
    const isHeld = (address: string) => !throttle.attempt({ address, account: "user", right: true }).admitted;
    for (let host = 0; host < 1000; host += 1)
      for (let attempt = 0; attempt < 5; attempt += 1) fail(`10.0.${host >> 8}.${host & 255}`);
    expect([isHeld("10.0.0.0"), isHeld("10.0.3.231")]).toEqual([false, true]);
  });

  it("is logged when pauses begin, once a minute at most and without names", () => {
    const clock = { now: 0 };
    const { log, events } = memoryLog();
    const throttle = createThrottle({ now: () => clock.now, log });
    const hammer = (address: string) => {
      for (let attempt = 0; attempt < 20; attempt += 1)
        throttle.attempt({ address, account: "user kasm_user", right: false });
    };
    for (let host = 1; host < 10; host += 1) hammer(`192.0.2.${host}`);
    clock.now += 60_000;
    hammer("192.0.2.99");
    expect(events("signin.paused")).toMatchObject([
      { address: "192.0.2.1", message: expect.stringContaining("KASMIX_TRUSTED_PROXIES") },
      { address: "192.0.2.99", message: expect.stringContaining("8 other networks") },
    ]);
    expect(JSON.stringify(events("signin.paused"))).not.toContain("kasm_user");
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

  // A browser sends the Basic header beside it, so that guesses from the same address ended the owner's session.
  it("wins over a password that is wrong or must wait", () => {
    const { judge, pair } = session();
    for (let attempt = 0; attempt < 20; attempt += 1) {
      expect(judge(WRONG, pair)).toMatchObject({ outcome: "admitted", role: "viewer" });
      expect(judge(basic("kasm_viewer", "guess"), pair)).toMatchObject({
        outcome: "admitted",
        role: "viewer",
      });
    }
    expect(judge(OWNER)).toMatchObject({ outcome: "wait" });
    expect(judge(OWNER, pair)).toMatchObject({ outcome: "admitted", role: "viewer" });
    expect(judge("Basic ???", pair)).toMatchObject({ outcome: "admitted" });
  });

  it("gives way to another user's right password", () => {
    const { judge, pair } = session();
    expect(judge(OWNER, pair)).toMatchObject({
      outcome: "admitted",
      role: "owner",
      setCookie: expect.anything(),
    });
  });

  it("ends after twelve hours", () => {
    const { clock, judge, pair } = session();
    clock.now = 12 * 3600 * 1000;
    expect(judge(undefined, pair)).toEqual({ outcome: "missing" });
  });
});
