import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { expect, it, onTestFinished } from "vitest";
import { restWhileStill } from "../../../src/runtime/screen/rest.ts";
import { xServer } from "../../../src/runtime/session/display.ts";
import { eventually } from "../../helpers/eventually.ts";
import { canRunX, startXServer } from "../clipboard/x-server.ts";

/** An encoder that waited for a busy X server seemed to have nothing to do, and was stopped before it gave its frame. */
it.runIf(canRunX && existsSync("/usr/bin/xsetroot"))(
  "does not sleep before it has given a frame of what was drawn",
  async () => {
    const x = await startXServer(() => ["-rfbport", "-1", "-noreset"]);
    onTestFinished(x.stop);
    const slept: number[] = [];
    const encoder = {
      silence: Number.POSITIVE_INFINITY,
      start() {},
      stop() {},
      tell() {},
      sleep() {
        slept.push(performance.now());
        return new Promise<void>(() => {});
      },
      wake() {},
    };
    onTestFinished(restWhileStill(xServer(x.environment, { home: x.folder, runtime: x.folder }), encoder));
    await eventually(() => expect(slept.length).toBeGreaterThan(0));
    execFileSync("xsetroot", ["-solid", "red"], { env: { ...process.env, ...x.environment } });
    const drawn = performance.now();
    const after = await eventually(() => {
      const next = slept.find((time) => time > drawn);
      if (next === undefined) throw new Error("it has not slept yet");
      return next;
    });
    expect(after - drawn).toBeGreaterThan(500);
  },
);
