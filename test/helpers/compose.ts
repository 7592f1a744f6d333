import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runProcess } from "../../src/engine/process.ts";
import { unpackPackages } from "./debian.ts";
import type { Missing } from "./go.ts";

const FOLDER = fileURLToPath(new URL("../../test-output/compose", import.meta.url));

/** Where Debian's package has it. */
const PLUGIN = "usr/libexec/docker/cli-plugins/docker-compose";

/**
 * Docker Compose, taken out of the package of the images' Debian, once per checkout: older ones of Debian have another
 * program of that name. Tests must not depend on mirrors, so a missing program is reported and not a failure.
 */
export async function composeProgram(): Promise<{ readonly path: string } | Missing> {
  const path = join(FOLDER, "docker-compose");
  if ((await runProcess("test", ["-x", path])).ok) return { path };
  await mkdir(FOLDER, { recursive: true });
  const scratch = await mkdtemp(join(FOLDER, "scratch-"));
  try {
    await unpackPackages(["docker-compose"], scratch);
    await rename(join(scratch, PLUGIN), path);
    return { path };
  } catch (error) {
    return { missing: `Debian's docker-compose: ${error instanceof Error ? error.message : error}` };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
