import { existsSync, mkdtempSync, rmSync, statSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { readyFlag } from "../../../src/runtime/supervisor/ready-flag.ts";
import { memoryLog } from "../memory-log.ts";

function makeFlag() {
  const folder = mkdtempSync(join(tmpdir(), "kasmix-flag-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return { path: join(folder, "desktop.ready"), flag: readyFlag(folder, memoryLog().log) };
}

// With the entrypoint frozen the engine's health check and desktop_ready went on to succeed.
it("has its time renewed while the desktop is ready, and comes back when somebody removes it", () => {
  const { path, flag } = makeFlag();
  flag.set(true);
  utimesSync(path, 1, 1);
  flag.renew();
  expect(Date.now() - statSync(path).mtimeMs).toBeLessThan(60_000);
  rmSync(path);
  flag.renew();
  expect(existsSync(path)).toBe(true);
});

it("is not made by a renewal", () => {
  const { path, flag } = makeFlag();
  flag.renew();
  flag.set(true);
  flag.set(false);
  flag.renew();
  expect(existsSync(path)).toBe(false);
});
