import { once } from "node:events";
import { connect } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, it, onTestFinished } from "vitest";
import { readCookie } from "../../../src/runtime/boot/xauthority.ts";
import { type Activity, createActivity } from "../../../src/runtime/limits/activity.ts";
import { createEnd } from "../../../src/runtime/limits/end.ts";
import { openLimits } from "../../../src/runtime/limits/open.ts";
import { readIdle } from "../../../src/runtime/limits/read-idle.ts";
import type { Limits } from "../../../src/runtime/limits/settings.ts";
import { connectX } from "../../../src/runtime/x11/connect.ts";
import { fakeInput, MOTION, queryExtension } from "../../../src/runtime/x11/requests.ts";
import { eventually } from "../../helpers/eventually.ts";
import { canRunX, noX, startXServer } from "../clipboard/x-server.ts";
import { closed, type Harness, OWNER, openHarness, refused, VIEWER } from "../gateway/harness.ts";
import { memoryLog } from "../memory-log.ts";

const NO_DISPLAY = { path: "/nowhere/X0", readCookie: () => Buffer.alloc(0) };

describe("a session with limits", () => {
  let h: Harness;
  let activity: Activity;
  let stopped = 0;
  /** Whether the session that began before the end was over when the container was told to stop. */
  let wasOver = false;
  let count = () => 0;
  let session = "";
  /** Moves forward by hand, so that no test waits. */
  const clock = { now: 0 };

  afterEach(() => h.close());

  async function open(limits: Omit<Limits, "end">, end: Limits["end"] = "disconnect"): Promise<void> {
    clock.now = stopped = 0;
    const now = () => clock.now;
    activity = createActivity(now);
    h = await openHarness({}, (visitors, log, _users, authenticator) => {
      count = () => visitors.list().length;
      const stop = () => {
        stopped += 1;
        const claim = { authorization: undefined, cookie: session, address: "192.0.2.1" };
        wasOver = authenticator.judge(claim).outcome === "missing";
      };
      return openLimits({
        ...{ limits: { ...limits, end }, display: NO_DISPLAY, activity, log, now },
        onEnd: createEnd({ visitors, authenticator, stop, log }),
      });
    });
  }

  const stay = (authorization = OWNER) => h.fetch("/api/limits", { authorization }, "POST");

  /** The notices that a page gets, as they come. The gateway looks at the session whenever one connects. */
  async function follow(authorization = OWNER): Promise<unknown[]> {
    const told: unknown[] = [];
    const client = h.open({ authorization }, "/api/limits");
    client.on("message", (data) => told.push(JSON.parse(String(data))));
    await once(client, "open");
    return told;
  }

  const isTold = (told: readonly unknown[], notice: object) =>
    eventually(() => expect(told.at(-1)).toEqual(notice));

  it("counts down to everybody who may type, and ends the countdown at input", async () => {
    await open({ idle: 20_000 });
    expect(await refused(h.open({ authorization: VIEWER }, "/api/limits"))).toBe(403);
    expect(await stay(VIEWER)).toMatchObject({ status: 403 });
    const told = await follow();
    await isTold(told, {});
    clock.now = 16_000;
    await isTold(await follow(), { cause: "idle", left: 4_000, end: "disconnect" });
    await isTold(told, { cause: "idle", left: 4_000, end: "disconnect" });
    expect(await stay()).toMatchObject({ status: 204 });
    await isTold(told, {});
    expect(told).toHaveLength(3);
  });

  it("that nobody uses disconnects everybody, ends their sessions, and begins anew with the next visit", async () => {
    await open({ idle: 20_000, longest: 60_000 });
    const cookie = await h.session();
    const people = [h.open({ cookie }), h.open({ authorization: VIEWER })];
    for (const person of people) await once(person, "open");
    await eventually(() => expect(count()).toBe(2));
    const feed = h.open({ authorization: OWNER }, "/api/limits");
    await once(feed, "open");
    const codes = [...people, feed].map(closed);
    clock.now = 20_000;
    await follow();
    expect(await Promise.all(codes)).toEqual([4002, 4002, 1006]);
    await eventually(async () => expect((await h.fetch("/statez", { cookie })).status).toBe(401));
    expect(h.events("session.over")).toMatchObject([
      { cause: "idle", message: expect.stringContaining("2 connections are closed") },
    ]);
    expect([stopped, activity.marks()]).toEqual([0, { input: 20_000, began: undefined }]);
  });

  it("that lasts too long ends although it is used, and stops the container if that is wanted", async () => {
    await open({ longest: 60_000 }, "stop");
    session = await h.session();
    activity.noteVisit();
    clock.now = 50_000;
    await stay();
    const told = await follow();
    await isTold(told, { cause: "longest", left: 10_000, end: "stop" });
    const person = h.open();
    await once(person, "open");
    const code = closed(person);
    clock.now = 60_000;
    await stay();
    expect(await code).toBe(4003);
    await eventually(() => expect(stopped).toBe(1));
    // Otherwise it would go on after the engine has started the container again.
    expect(wasOver).toBe(true);
    expect(h.events("session.over")).toMatchObject([{ cause: "longest", message: /the container stops/ }]);
  });
});

it("opens nothing without limits", () => {
  const none = { limits: undefined, display: NO_DISPLAY, activity: createActivity(), onEnd() {} };
  expect(openLimits({ ...none, log: memoryLog().log })).toEqual([]);
});

describe.runIf(canRunX)(`the X server${noX}`, () => {
  async function start() {
    const x = await startXServer((folder) => [
      ...["-rfbunixpath", join(folder, "rfb.sock"), "-rfbport", "-1", "-SecurityTypes", "None", "-noreset"],
    ]);
    onTestFinished(() => x.stop());
    const cookie = () => readCookie(x.environment.XAUTHORITY, x.number);
    const place = { path: `/tmp/.X11-unix/X${x.number}`, readCookie: cookie };
    const rests = () => eventually(async () => expect(await readIdle(place)).toBeGreaterThan(600));
    const wasUsed = () => eventually(async () => expect(await readIdle(place)).toBeLessThan(600));
    await rests();
    return { x, place, rests, wasUsed };
  }

  it("says for how long neither keys nor mouse were used, by an RFB client or by a program", async () => {
    const { x, place, rests, wasUsed } = await start();
    const rfb = connect({ path: join(x.folder, "rfb.sock") });
    onTestFinished(() => void rfb.destroy());
    const reads = async (bytes: number) => {
      while (rfb.readableLength < bytes) await once(rfb, "readable");
      rfb.read(bytes);
    };
    // The handshake of RFB 3.8 without a password, and the Shift key.
    await reads(12);
    rfb.write("RFB 003.008\n");
    await reads(2);
    rfb.write(Buffer.of(1));
    await reads(4);
    rfb.write(Buffer.of(1));
    await reads(24);
    await rests();
    rfb.write(Buffer.of(4, 1, 0, 0, 0, 0, 0xff, 0xe1));
    await wasUsed();
    rfb.write(Buffer.of(4, 0, 0, 0, 0, 0, 0xff, 0xe1));
    await rests();
    const connection = await connectX(place.path, place.readCookie());
    onTestFinished(() => connection.close());
    const [, opcode = 0] = (await connection.ask(queryExtension("XTEST"))).subarray(8, 10);
    connection.send(fakeInput(opcode, { type: MOTION, detail: 1, dx: 5, dy: 5 }));
    await wasUsed();
  });

  it("that is not there says nothing", async () => {
    expect(await readIdle(NO_DISPLAY)).toBeUndefined();
  });
});
