import type { Engine } from "./detect.ts";

/** How each engine is asked for the number of its machine's processors. */
const COUNT_ARGS = {
  docker: ["info", "--format", "{{.NCPU}}"],
  podman: ["info", "--format", "{{.Host.CPUs}}"],
} as const;

/**
 * As many processors as are wanted, but not more than the engine's machine has: Docker refuses to create a container
 * that may use more. What an engine does not tell is taken as wanted.
 */
export async function availableCpus(engine: Engine, wanted: number): Promise<number> {
  const { ok, stdout } = await engine.attempt(COUNT_ARGS[engine.kind]);
  const count = Number(stdout.trim());
  return ok && count > 0 ? Math.min(wanted, count) : wanted;
}
