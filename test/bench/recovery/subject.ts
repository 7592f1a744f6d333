import { spawn } from "node:child_process";
import { once } from "node:events";
import { open } from "node:fs/promises";
import path from "node:path";
import { KasmixError } from "../../../src/model/error.ts";
import type { Context } from "../context.ts";
import { type Process, processTree } from "../processes.ts";

/** A supervisor that is compared. */
export interface Subject {
  readonly name: string;
  /** Starts it; it starts all probes. */
  start(): Promise<Running>;
}

/** A supervisor that runs. */
export interface Running {
  /** All that it started, and itself. */
  processes(): Promise<readonly Process[]>;
  /** Those of them that are the supervisor itself. */
  own(processes: readonly Process[]): readonly Process[];
  /**
   * When the supervisor took the replacement of each killed probe for ready, in milliseconds of `Date.now()`.
   * @default it knows nothing of readiness
   */
  readyAgain?(): Promise<ReadonlyMap<string, number>>;
  stop(): Promise<void>;
}

/** Whether a process is a probe, and which. */
export function probeOf({ command }: Process): string | undefined {
  const [shell, script, name] = command;
  return shell === "/bin/sh" && script?.endsWith("/probe.sh") ? name : undefined;
}

/** Runs a supervisor on this machine, its output in a file of the bench. */
export async function startHere(
  context: Context,
  commandLine: readonly string[],
): Promise<Omit<Running, "readyAgain">> {
  const [file = "", ...args] = commandLine;
  const log = await open(path.join(context.scratch, "subject.log"), "a");
  const child = spawn(file, args, { stdio: ["ignore", log.fd, log.fd], detached: true });
  await once(child, "spawn").catch((cause: unknown) => {
    throw new KasmixError("E_MACHINE", `${file} does not start: ${cause}`, { cause });
  });
  await log.close();
  const processes = () => processTree(child.pid ?? 0);
  const stop = async () => {
    // From the top down, so that nothing is restarted meanwhile.
    for (const { pid } of await processes()) kill(pid);
  };
  context.atEnd(stop);
  return { processes, stop, own: (all) => all.filter((one) => probeOf(one) === undefined) };
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}
