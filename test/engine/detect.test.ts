import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { engineReason, isOnlyClient } from "../../src/engine/detect.ts";

test("the reason for a refusal is the daemon's message", () => {
  const started =
    "Error response from daemon: driver failed: no such device\nError: failed to start containers: a\n";
  expect(engineReason(started)).toBe("driver failed: no such device");
  expect(engineReason("warning: x\nError: no such image\n")).toBe("Error: no such image");
});

test("a Docker client without a daemon counts as no Docker, so that one is installed", async () => {
  const folder = await mkdtemp(join(tmpdir(), "kasmix-docker-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const socket = join(folder, "docker.sock");
  const none = { host: "", directories: [folder], socket };
  expect(isOnlyClient(none)).toBe(true);
  expect(isOnlyClient({ ...none, host: "tcp://elsewhere:2375" })).toBe(false);
  expect(isOnlyClient({ ...none, platform: "darwin" })).toBe(false);
  await writeFile(socket, "");
  expect(isOnlyClient(none)).toBe(false);
  await rm(socket);
  await writeFile(join(folder, "dockerd"), "");
  expect(isOnlyClient(none)).toBe(false);
});
