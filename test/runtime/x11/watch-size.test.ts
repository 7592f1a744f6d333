import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { readCookie } from "../../../src/runtime/boot/xauthority.ts";
import { type Size, watchSize } from "../../../src/runtime/x11/watch-size.ts";
import { eventually } from "../../helpers/eventually.ts";
import { canRunX, startXServer } from "../clipboard/x-server.ts";

const canResize = canRunX && existsSync("/usr/bin/xrandr");

describe.runIf(canResize)(
  `the screen's size${canResize ? "" : " (not run: Xtigervnc, xclip or xrandr missing)"}`,
  () => {
    let x: Awaited<ReturnType<typeof startXServer>>;

    beforeAll(async () => {
      x = await startXServer(() => ["-rfbport", "-1", "-noreset", "-geometry", "1280x720"]);
    });

    afterAll(() => x.stop());

    function watch(): (Size | undefined)[] {
      const sizes: (Size | undefined)[] = [];
      const place = {
        path: `/tmp/.X11-unix/X${x.number}`,
        readCookie: () => readCookie(`${x.folder}/Xauthority`, x.number),
      };
      onTestFinished(watchSize(place, (size) => void sizes.push(size)));
      return sizes;
    }

    it("is told at first, at each change, and after a restart of the X server", async () => {
      const sizes = watch();
      await eventually(() => expect(sizes).toEqual([{ width: 1280, height: 720 }]));
      execFileSync("xrandr", ["--output", "VNC-0", "--mode", "1024x768"], { env: x.environment });
      await eventually(() => expect(sizes.at(-1)).toEqual({ width: 1024, height: 768 }));
      await x.restart();
      await eventually(() => expect(sizes.slice(-2)).toEqual([undefined, { width: 1280, height: 720 }]));
    });
  },
);
