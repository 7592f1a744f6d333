import { expect, it } from "vitest";
import { exitCodeOf } from "../../../src/runtime/supervisor/restart-policy.ts";

it.each([
  [{ code: 7, signal: null }, 7],
  [{ code: 0, signal: null }, 1],
  [{ code: null, signal: null, error: "ENOENT" }, 1],
  [{ code: null, signal: "SIGKILL" }, 137],
  [{ code: null, signal: "SIGNEW" }, 128],
] as const)("turns the failure %o into exit code %i", (exit, code) => {
  expect(exitCodeOf(exit)).toBe(code);
});
