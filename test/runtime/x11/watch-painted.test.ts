import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readCookie } from "../../../src/runtime/boot/xauthority.ts";
import { watchPainted } from "../../../src/runtime/x11/watch-painted.ts";
import { eventually } from "../../helpers/eventually.ts";
import { canRunX, startXServer } from "../clipboard/x-server.ts";

const canPaint = canRunX && existsSync("/usr/bin/xsetroot");
const reason = canPaint ? "" : " (not run: Xtigervnc, xclip or xsetroot missing)";
const NEVER = 3_600_000;

describe.runIf(canPaint)(`an X screen${reason}`, () => {
  let x: Awaited<ReturnType<typeof startXServer>>;
  let painted: number;
  let end: () => void;
  const count = () => {
    painted += 1;
  };
  const place = () => ({
    path: `/tmp/.X11-unix/X${x.number}`,
    readCookie: () => readCookie(`${x.folder}/Xauthority`, x.number),
  });
  const paint = (...words: string[]) => {
    const env = { ...process.env, DISPLAY: `:${x.number}`, XAUTHORITY: `${x.folder}/Xauthority` };
    execFileSync("xsetroot", words, { env });
  };

  beforeEach(async () => {
    painted = 0;
    end = () => {};
    x = await startXServer();
  });
  afterEach(async () => {
    end();
    await x.stop();
  });

  it("is not painted while it is black, but as soon as a colour fills it, and then only once", async () => {
    end = watchPainted(place(), count, NEVER);
    paint("-solid", "black");
    expect(painted).toBe(0);
    paint("-solid", "#35506e");
    await eventually(() => expect(painted).toBe(1));
    paint("-solid", "white");
    expect(painted).toBe(1);
  });

  it.each(["#000004", "white", "#400000"])("is painted when it was %s before", async (colour) => {
    paint("-solid", colour);
    end = watchPainted(place(), count, NEVER);
    await eventually(() => expect(painted).toBe(1));
  });

  it("is waited for while there is none, and over one that dies", async () => {
    end = watchPainted(place(), count, NEVER);
    await x.restart();
    paint("-solid", "#35506e");
    await eventually(() => expect(painted).toBe(1));
  });

  it("counts as painted after a while, because black may be meant", async () => {
    end = watchPainted(place(), count, 1);
    await eventually(() => expect(painted).toBe(1));
  });

  it("calls nobody back whose wait was ended", async () => {
    watchPainted(place(), () => expect.unreachable(), NEVER)();
    end = watchPainted(place(), count, NEVER);
    paint("-solid", "#35506e");
    await eventually(() => expect(painted).toBe(1));
  });
});
