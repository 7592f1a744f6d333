import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, onTestFinished, test, vi } from "vitest";
import { type DoctorOptions, diagnoseQuickly } from "../../src/engine/doctor.ts";

afterEach(() => vi.unstubAllEnvs());

/** Stand-ins for the engines: the script of each answers the request for its version. Returns their folder. */
async function engines(scripts: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "kasmix-doctor-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [name, script] of Object.entries(scripts)) {
    await writeFile(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }
  vi.stubEnv("PATH", folder);
  vi.stubEnv("KASMIX_ENGINE", "");
  vi.stubEnv("DOCKER_HOST", "tcp://127.0.0.1:1");
  return folder;
}

const engineCheck = async (options?: DoctorOptions) =>
  (await diagnoseQuickly(options)).find(({ name }) => name === "engine");

const STOPPED = "echo 'Cannot connect to the Docker daemon.' >&2; exit 1";

test("a Podman that answers will do, unless Docker is asked for by name", async () => {
  await engines({ docker: STOPPED, podman: "echo 4.3.1" });
  expect(await engineCheck()).toMatchObject({ state: "ok", detail: "podman 4.3.1" });
  expect(await engineCheck({ engine: "docker" })).toMatchObject({
    state: "broken",
    detail: expect.stringContaining("Cannot connect"),
    fix: "Start docker.",
  });
});

// Podman takes a quarter of a second to answer, which every `up` waited for.
test("Podman is not asked where Docker answers", async () => {
  const folder = await engines({ docker: "echo 20.10.24", podman: ': > "$0.asked"; echo 4.3.1' });
  expect(await engineCheck()).toMatchObject({ state: "ok", detail: "docker 20.10.24" });
  expect(existsSync(join(folder, "podman.asked"))).toBe(false);
  expect(await engineCheck({ engine: "podman" })).toMatchObject({ state: "ok", detail: "podman 4.3.1" });
  expect(existsSync(join(folder, "podman.asked"))).toBe(true);
});

test("only what is missing is named", async () => {
  await engines({ podman: "echo 4.3.1" });
  expect(await engineCheck({ engine: "docker" })).toMatchObject({
    state: "missing",
    detail: "docker is not installed",
  });
  await engines({});
  expect(await engineCheck()).toMatchObject({
    state: "missing",
    detail: "docker is not installed, podman is not installed",
  });
});
