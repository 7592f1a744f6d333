import { createHash } from "node:crypto";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Authenticator, type Passwords, type Verdict } from "../../../src/runtime/gateway/auth.ts";
import { openSessionFile } from "../../../src/runtime/gateway/session-file.ts";
import { createThrottle } from "../../../src/runtime/gateway/throttle.ts";
import { makeProject } from "../../helpers/project.ts";
import { memoryLog } from "../memory-log.ts";

const basic = (user: string, password: string) =>
  `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;

function gate(passwords = { owner: "pä:ss", viewer: "look" }) {
  const clock = { now: 0 };
  const now = () => clock.now;
  const authenticator = new Authenticator(passwords, { now, throttle: createThrottle({ now }) });
  const judge = (authorization?: string, cookie?: string, address = "192.0.2.1") =>
    authenticator.judge({ authorization, cookie, address, wantsSession: true });
  return { clock, judge, authenticator, users: authenticator.users };
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

describe("a session", () => {
  function session(authorization = VIEWER) {
    const { clock, judge, authenticator, users } = gate();
    const begin = () => pairOf(judge(authorization));
    return { clock, judge, authenticator, users, begin, pair: begin() };
  }

  it("admits in the role it was given for, among other cookies", () => {
    const { judge, pair } = session();
    expect(judge(undefined, `other=1; ${pair}`)).toMatchObject({ outcome: "admitted", role: "viewer" });
  });

  it("has a cookie of 256 random bits, out of reach for scripts, plain HTTP and other sites", () => {
    const verdict = gate().judge(VIEWER);
    expect(verdict).toMatchObject({
      setCookie: expect.stringMatching(
        /^__Host-kasmix-\w+=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
      ),
    });
  });

  it("cannot be guessed, altered, or used on another container", () => {
    const { judge, pair } = session();
    expect(judge(undefined, pair.slice(0, -1))).toEqual({ outcome: "missing" });
    expect(judge(undefined, pair.replace(/=.*/, "="))).toEqual({ outcome: "missing" });
    const [name] = pair.split("=");
    const [, value] = session().pair.split("=");
    expect(judge(undefined, `${name}=${value}`)).toEqual({ outcome: "missing" });
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

  it("gives way to another user's right password, and goes on with its own", () => {
    const { judge, pair } = session();
    expect(judge(OWNER, pair)).toMatchObject({
      outcome: "admitted",
      role: "owner",
      setCookie: expect.anything(),
    });
    expect(judge(VIEWER, pair)).not.toHaveProperty("setCookie");
  });

  it("begins for who asks for a page, not for programs, which send the password each time", () => {
    const { authenticator } = gate();
    expect(
      authenticator.judge({ authorization: OWNER, cookie: undefined, address: "192.0.2.1" }),
    ).not.toHaveProperty("setCookie");
  });

  it("ends twelve hours after its last use; an open WebSocket is use", () => {
    const { clock, judge, authenticator, pair } = session();
    const hours = (count: number) => {
      clock.now += count * 3600 * 1000;
    };
    hours(11);
    const verdict = judge(undefined, pair);
    hours(11);
    expect(judge(undefined, pair)).toMatchObject({ outcome: "admitted" });
    if (verdict.outcome !== "admitted") throw new Error("not admitted");
    const release = authenticator.onRevoked(verdict, () => {});
    hours(48);
    release();
    hours(11);
    expect(judge(undefined, pair)).toMatchObject({ outcome: "admitted" });
    hours(12);
    expect(judge(undefined, pair)).toEqual({ outcome: "missing" });
  });

  it("ends when its user signs out, with its connections, and no other", () => {
    const { judge, authenticator, begin, pair } = session();
    const other = begin();
    let ended = 0;
    const verdict = judge(undefined, pair);
    if (verdict.outcome === "admitted") authenticator.onRevoked(verdict, () => (ended += 1));
    expect(authenticator.signOut(pair)).toMatch(/^__Host-kasmix-\w+=; Path=\/; Max-Age=0; /);
    expect([ended, judge(undefined, pair).outcome, judge(undefined, other).outcome]).toEqual([
      ...[1, "missing", "admitted"],
    ]);
  });

  it("makes room for newer ones of its user only: the one that was used longest ago", () => {
    const { clock, judge, begin, pair } = session();
    const owner = pairOf(judge(OWNER));
    clock.now += 1;
    const second = begin();
    clock.now += 1;
    judge(undefined, pair);
    for (let count = 0; count < 99; count += 1) {
      clock.now += 1;
      begin();
    }
    const outcomes = [pair, second, owner].map((cookie) => judge(undefined, cookie).outcome);
    expect(outcomes).toEqual(["admitted", "missing", "admitted"]);
  });
});

// Every visitor had to sign in again after a restart of the container.
describe("a session over a restart of the container", () => {
  const START = { owner: "pä:ss", viewer: "look" };

  /** Containers one after the other on one file. */
  function container() {
    const path = join(makeProject({}), "sessions.json");
    const start = (passwords: Passwords = START) => {
      const clock = { now: 0 };
      const { log, records } = memoryLog();
      const file = openSessionFile(path, log);
      const authenticator = new Authenticator(passwords, { now: () => clock.now, file });
      const judge = (cookie: string) =>
        authenticator.judge({ authorization: undefined, cookie, address: "192.0.2.1" });
      const begin = (authorization = VIEWER) =>
        pairOf(
          authenticator.judge({ authorization, cookie: undefined, address: "192.0.2.1", wantsSession: true }),
        );
      return { authenticator, begin, clock, judge, records };
    };
    /** Makes all sessions so many hours older. */
    const age = (hours: number) => {
      const { sessions, ...rest } = JSON.parse(readFileSync(path, "utf8"));
      const older = sessions.map(({ used, ...session }: { used: number }) => ({
        ...session,
        used: used - hours * 3600 * 1000,
      }));
      writeFileSync(path, JSON.stringify({ ...rest, sessions: older }));
    };
    return { path, start, age };
  }

  it("goes on in its role, also after a second one, and a new one gets the same cookie's name", () => {
    const { start } = container();
    const first = start();
    const [viewer, owner] = [first.begin(), first.begin(OWNER)];
    start();
    const third = start();
    expect(third.judge(viewer)).toMatchObject({ outcome: "admitted", role: "viewer" });
    expect(third.judge(owner)).toMatchObject({ outcome: "admitted", role: "owner" });
    expect(third.begin().split("=")[0]).toBe(viewer.split("=")[0]);
  });

  it("ends with a changed password: that of its user, no other's", () => {
    const { start } = container();
    const first = start();
    const [viewer, owner] = [first.begin(), first.begin(OWNER)];
    const changed = start({ ...START, owner: "new" });
    expect([changed.judge(owner).outcome, changed.judge(viewer).outcome]).toEqual(["missing", "admitted"]);
    expect(start({ owner: "pä:ss" }).judge(viewer).outcome).toBe("missing");
  });

  it("stays ended when its user signed out, was changed, or the limits ended it, before or after", () => {
    const { start } = container();
    const first = start();
    const [out, all] = [first.begin(OWNER), first.begin(OWNER)];
    first.authenticator.signOut(out);
    const second = start();
    const later = second.begin();
    second.authenticator.users.put({ name: "kasm_viewer", password: "other" });
    const third = start();
    expect([third.judge(out), third.judge(later)].map(({ outcome }) => outcome)).toEqual([
      "missing",
      "missing",
    ]);
    const [viewer, owner] = [third.begin(), third.begin(OWNER)];
    const fourth = start();
    fourth.authenticator.signOut(owner);
    fourth.authenticator.users.remove("kasm_viewer");
    const fifth = start();
    expect([owner, viewer, all].map((pair) => fifth.judge(pair).outcome)).toEqual([
      "missing",
      "missing",
      "admitted",
    ]);
    fifth.authenticator.endSessions();
    expect(start().judge(all).outcome).toBe("missing");
  });

  it("ends twelve hours after its last use, the time without a container included", () => {
    const { start, age } = container();
    const first = start();
    const pair = first.begin();
    age(11);
    const second = start();
    second.clock.now += 0.9 * 3600 * 1000;
    expect(second.judge(pair).outcome).toBe("admitted");
    second.begin(OWNER);
    age(12);
    expect(start().judge(pair).outcome).toBe("missing");
  });

  it("that a WebSocket holds is used until the container's end", () => {
    const { start } = container();
    const first = start();
    const pair = first.begin();
    const verdict = first.judge(pair);
    if (verdict.outcome !== "admitted") throw new Error("not admitted");
    const release = first.authenticator.onRevoked(verdict, () => {});
    first.clock.now += 48 * 3600 * 1000;
    release();
    expect(start().judge(pair).outcome).toBe("admitted");
  });

  it("of somebody whom Kasm's API added ends with the user", () => {
    const { start } = container();
    const first = start();
    first.authenticator.users.put({ name: "ada", password: "guest", write: true });
    const pair = first.begin(basic("ada", "guest"));
    expect(first.judge(pair)).toMatchObject({ role: "participant" });
    const second = start();
    second.authenticator.users.put({ name: "ada", password: "guest", write: true });
    expect(second.judge(pair).outcome).toBe("missing");
  });

  // Everything in the container runs as one user.
  it("cannot be made by who can write the file, and the file has no token, no password and no other reader", () => {
    const { start, path } = container();
    const first = start();
    const [pair, viewer] = [first.begin(OWNER), first.begin()];
    const text = readFileSync(path, "utf8");
    expect(text).not.toContain(pair.split("=")[1]);
    expect(text).not.toMatch(/look|pä:ss/);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const { sessions, ...rest } = JSON.parse(text);
    const mark = (token: string) => createHash("sha256").update(token).digest("base64url");
    const forged = [
      { name: "kasm_user", mark: mark("a".repeat(43)), used: Date.now() },
      ...sessions.map((session: object) => ({ ...session, name: "kasm_user" })),
    ];
    writeFileSync(path, JSON.stringify({ ...rest, sessions: forged }));
    const second = start();
    expect(second.judge(`${rest.cookieName}=${"a".repeat(43)}`).outcome).toBe("missing");
    expect(second.judge(viewer).outcome).toBe("missing");
    expect(second.judge(pair)).toMatchObject({ role: "owner" });
  });

  it.each(["", "{", '{"cookieName":"x; Domain=evil","sessions":[]}', '{"sessions":{"a":1}}', "[null]"])(
    "a file with %j counts as none",
    (content) => {
      const { start, path } = container();
      writeFileSync(path, content);
      const { begin, judge, records } = start();
      expect(judge(begin())).toMatchObject({ outcome: "admitted" });
      expect(begin()).toMatch(/^__Host-kasmix-[0-9a-f]{8}=/);
      expect(records).toEqual([]);
    },
  );

  it("that cannot be written is logged, and works until the restart", () => {
    const { log, events } = memoryLog();
    const authenticator = new Authenticator(START, { file: openSessionFile("/proc/sessions.json", log) });
    const verdict = authenticator.judge({
      authorization: OWNER,
      cookie: undefined,
      address: "a",
      wantsSession: true,
    });
    expect(verdict).toMatchObject({ setCookie: expect.anything() });
    expect(events("sessions.unkept")).toMatchObject([{ message: expect.stringContaining("sign in again") }]);
  });
});

describe("a form", () => {
  const at = { address: "192.0.2.1", cookie: undefined };

  it("signs in with a new session, and ends the one that the browser had", () => {
    const { judge, authenticator } = gate();
    const before = pairOf(judge(VIEWER));
    const form = { name: "kasm_user", password: "pä:ss", ...at, cookie: before };
    const after = pairOf(authenticator.signIn(form));
    expect(judge(undefined, after)).toMatchObject({ role: "owner" });
    expect(judge(undefined, before)).toEqual({ outcome: "missing" });
  });

  it("counts wrong passwords together with those of programs, and tells the same", () => {
    const form = gate();
    const program = gate();
    const told = Array.from({ length: 12 }, () =>
      form.authenticator.signIn({ name: "kasm_user", password: "guess", ...at }),
    );
    expect(told).toEqual(Array.from({ length: 12 }, () => program.judge(WRONG)));
    expect(form.judge(OWNER)).toMatchObject({ outcome: "wait" });
    expect(form.authenticator.signIn({ name: "kasm_user", password: "pä:ss", ...at })).toMatchObject({
      outcome: "wait",
    });
  });
});

function pairOf(verdict: Verdict): string {
  return (verdict.outcome === "admitted" && verdict.setCookie?.split(";")[0]) || "";
}
