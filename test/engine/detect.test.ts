import { expect, test } from "vitest";
import { engineReason } from "../../src/engine/detect.ts";

test("the reason for a refusal is what the daemon says, not that something failed", () => {
  const started =
    "Error response from daemon: driver failed: no such device\nError: failed to start containers: a\n";
  expect(engineReason(started)).toBe("driver failed: no such device");
  expect(engineReason("warning: x\nError: no such image\n")).toBe("Error: no such image");
});
