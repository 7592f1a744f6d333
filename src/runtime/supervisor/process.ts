import { type ChildProcess, type StdioOptions, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { readLines } from "./lines.ts";
import type { Exit } from "./model.ts";
import { OOM_SCORES, setOomScore } from "./oom.ts";
import type { ServiceReadiness } from "./readiness.ts";

/** A program to run. */
export interface Program {
  readonly command: readonly string[];
  /** The complete environment: nothing is inherited. */
  readonly environment: NodeJS.ProcessEnv;
  readonly directory: string;
  readonly ready?: ServiceReadiness;
  /** @default that of an app */
  readonly oomScore?: number;
}

/** A started process, leader of its own session and process group, or one that could not be spawned. */
export interface Launched {
  /** Undefined when it could not be spawned; `exited` resolves all the same. */
  readonly pid: number | undefined;
  readonly exited: Promise<Exit>;
  onLine(listener: (line: string, stream: "stdout" | "stderr") => void): void;
  onNewline(fd: number, listener: () => void): void;
  /** Signals the whole group, or only its leader. Does nothing when no process is left. */
  signal(name: NodeJS.Signals, to?: "group" | "process"): void;
  /** Whether any process of the group is left. */
  groupAlive(): boolean;
}

/**
 * Spawns a program. Never throws: a failure (no such file, wrong format, too many processes) is an exit with an error.
 */
export function launch(program: Program): Launched {
  try {
    const child = start(program);
    if (child.pid !== undefined) setOomScore(child.pid, program.oomScore ?? OOM_SCORES.app);
    return watchChild(child);
  } catch (error) {
    return failedProcess(error instanceof Error ? error.message : String(error));
  }
}

function start({ command, environment, directory, ready }: Program): ChildProcess {
  const [file, ...args] = command;
  if (file === undefined || file === "") throw new Error("the service has no command");
  return spawn(file, args, {
    detached: true,
    env: environment,
    cwd: directory,
    stdio: pipes(ready),
  });
}

function pipes(ready: ServiceReadiness | undefined): StdioOptions {
  const stdio: ("ignore" | "pipe")[] = ["ignore", "pipe", "pipe"];
  if (ready === undefined || !("fd" in ready) || ready.fd < 3) return stdio;
  while (stdio.length < ready.fd) stdio.push("ignore");
  stdio.push("pipe");
  return stdio;
}

function watchChild(child: ChildProcess): Launched {
  const { pid } = child;
  const exited = new Promise<Exit>((resolve) => {
    child.once("exit", (code, signal) => resolve({ code, signal }));
    child.on("error", (error) => {
      if (pid === undefined) resolve({ code: null, signal: null, error: error.message });
    });
  });
  return {
    pid,
    exited,
    onLine(listener) {
      if (child.stdout) readLines(child.stdout, (line) => listener(line, "stdout"));
      if (child.stderr) readLines(child.stderr, (line) => listener(line, "stderr"));
    },
    onNewline: (fd, listener) => listenForNewline(child.stdio[fd], listener),
    signal: (name, to = "group") => send(pid, name, to),
    groupAlive: () => send(pid, 0, "group"),
  };
}

function listenForNewline(pipe: unknown, listener: () => void): void {
  const stream = pipe as Readable | null | undefined;
  stream?.on("error", () => {});
  stream?.on("data", (chunk: Buffer) => {
    if (chunk.includes("\n")) listener();
  });
}

function send(pid: number | undefined, name: NodeJS.Signals | 0, to: "group" | "process"): boolean {
  if (pid === undefined) return false;
  try {
    return process.kill(to === "group" ? -pid : pid, name);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function failedProcess(error: string): Launched {
  return {
    pid: undefined,
    exited: Promise.resolve({ code: null, signal: null, error }),
    onLine() {},
    onNewline() {},
    signal() {},
    groupAlive: () => false,
  };
}
