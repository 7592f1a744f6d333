import { cpus, loadavg, release, totalmem } from "node:os";
import { NIX_OPTIONS } from "../../src/engine/nix.ts";
import { type Context, MIB, run } from "./context.ts";

/** Properties of the machine that the figures depend on. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  /** MiB. */
  readonly memory: number;
  readonly kernel: string;
  readonly engine: string;
  readonly nix: string;
  readonly node: string;
  /** Processes that wanted to run in the minute before: above 0.5, the figures are not to be trusted. */
  readonly load: number;
}

export async function describeMachine({ engine, signal }: Context): Promise<Machine> {
  const nix = await run("E_BUILD", { signal })`nix --version ${NIX_OPTIONS}`;
  return {
    processor: cpus()[0]?.model ?? "unknown",
    cores: cpus().length,
    memory: Math.round(totalmem() / MIB),
    kernel: release(),
    engine: `${engine.kind} ${engine.version}`,
    nix: nix.trim(),
    node: process.version,
    load: loadavg()[0] ?? 0,
  };
}

/** One line for people. */
export function renderMachine({
  processor,
  cores,
  memory,
  kernel,
  engine,
  nix,
  node,
  load,
}: Machine): string {
  const parts = [`${cores} cores of ${processor}`, `${(memory / 1024).toFixed(0)} GiB`, `Linux ${kernel}`];
  return [...parts, engine, nix, `Node ${node}`, `load before: ${load.toFixed(2)}`].join(", ");
}
