import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { expect, it, onTestFinished, vi } from "vitest";
import { openIdentity } from "../../../src/runtime/gateway/live-identity.ts";
import { memoryLog } from "../memory-log.ts";

const fault = vi.hoisted(() => ({ code: "" }));
vi.mock("node:fs", async (original) => ({
  ...(await original<typeof import("node:fs")>()),
  watch() {
    throw Object.assign(new Error(`${fault.code}: watch`), { code: fault.code });
  },
}));

// The advice was always to allow more watches on the host.
it.each([
  ["ENOSPC", "raise fs.inotify.max_user_instances"],
  ["EMFILE", "raise fs.inotify.max_user_instances"],
  ["EACCES", "give this user or its group read permission"],
])("a certificate that cannot be watched (%s) is logged with advice", async (code, advice) => {
  fault.code = code;
  const home = mkdtempSync(`${tmpdir()}/kasmix-unwatched-`);
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const { log, events } = memoryLog();
  const identity = openIdentity({}, home, log);
  onTestFinished(identity.close);
  await identity.first;
  const [record, ...more] = events("certificate.unwatched");
  expect([record?.message, more]).toEqual([expect.stringContaining(`(${code}: watch): ${advice}`), []]);
});
