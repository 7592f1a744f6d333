import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import type { Context } from "../context.ts";

/** Runs a file of this folder as a process of its own until the bench ends; returns the port that it prints. */
export async function startChild(
  context: Context,
  file: string,
  args: string[],
): Promise<{ port: number; child: ChildProcess }> {
  const child = fork(path.join(import.meta.dirname, file), args, {
    execArgv: ["--import", "tsx"],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  context.atEnd(() => stopChild(child));
  const [port] = (await once(child, "message")) as [number];
  return { port, child };
}

/** Ends a process that may have ended already. */
export async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill();
  await once(child, "exit");
}
