import type { Engine } from "./detect.ts";

/** Arguments that print the number of processors of the engine's machine. */
const COUNT_ARGS = {
  docker: ["info", "--format", "{{.NCPU}}"],
  podman: ["info", "--format", "{{.Host.CPUs}}"],
} as const;

/**
 * The wanted number of processors, at most what the engine's machine has: Docker refuses to create a container that may
 * use more. If the engine does not report the number, the wanted one is used.
 */
export async function availableCpus(engine: Engine, wanted: number): Promise<number> {
  const { ok, stdout } = await engine.attempt(COUNT_ARGS[engine.kind]);
  const count = Number(stdout.trim());
  return ok && count > 0 ? Math.min(wanted, count) : wanted;
}
