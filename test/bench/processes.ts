import { readFile } from "node:fs/promises";
import type { Engine } from "../../src/engine/detect.ts";
import { KasmixError } from "../../src/model/error.ts";

/** Memory of processes, in bytes. */
export interface ProcessMemory {
  /** Resident pages, also those that others use too. */
  readonly rss: number;
  /** The same, each shared page divided by how many share it. */
  readonly pss: number;
  /** Pages that are not shared. */
  readonly own: number;
}

/** A process on this machine. */
export interface Process {
  readonly pid: number;
  /** Its pid inside its container; the same as `pid` outside of any. */
  readonly innerPid: number;
  readonly command: readonly string[];
}

/** The processes below one, itself first, parents before their children. Processes that have ended meanwhile are left out. */
export async function processTree(root: number): Promise<Process[]> {
  const found = await readProcess(root);
  if (found === undefined) return [];
  const children = await readOrEmpty(`/proc/${root}/task/${root}/children`);
  const below = await Promise.all(children.split(" ").filter(Boolean).map(Number).map(processTree));
  return [found, ...below.flat()];
}

/** The processes of a container that the engine started, as this machine sees them. Throws E_MACHINE when it cannot. */
export async function containerProcesses(engine: Engine, container: string): Promise<Process[]> {
  const format = ["--format", "{{.State.Pid}}"];
  const tree = await processTree(Number(await engine.run(["container", "inspect", ...format, container])));
  if (tree[0]?.innerPid === 1) return tree;
  throw new KasmixError("E_MACHINE", "The container's processes are not to be seen on this machine.", {
    fix: "Run the bench on the machine of the engine, as root or as the user of a rootless engine.",
  });
}

/** Supervisor and gateway among the processes of one of Kasmix's containers. Throws E_ENGINE without one. */
export function findEntrypoint(processes: readonly Process[]): Process {
  const found = processes.find(
    ({ command }) => command.includes("/opt/kasmix/entrypoint.mjs") && !isInit(command),
  );
  if (found !== undefined) return found;
  throw new KasmixError("E_ENGINE", "The container does not run Kasmix's entrypoint.");
}

/** Sum over some processes; those that have ended meanwhile do not count. */
export async function readMemory(processes: readonly Process[]): Promise<ProcessMemory> {
  const each = await Promise.all(processes.map(({ pid }) => readOrEmpty(`/proc/${pid}/smaps_rollup`)));
  const sum = (...names: string[]) =>
    each.reduce((total, text) => total + names.reduce((part, name) => part + readSize(text, name), 0), 0);
  return { rss: sum("Rss"), pss: sum("Pss"), own: sum("Private_Clean", "Private_Dirty") };
}

/** Seconds of processor time that some processes have used so far; the kernel counts in hundredths. */
export async function busySeconds(processes: readonly Process[]): Promise<number> {
  const each = await Promise.all(processes.map(({ pid }) => readOrEmpty(`/proc/${pid}/stat`)));
  return each.reduce((total, stat) => {
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return total + (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / 100;
  }, 0);
}

/** Bytes of a line such as `Rss:   1234 kB`; 0 without one. */
export function readSize(text: string, name: string): number {
  const match = new RegExp(`^${name}: +([0-9]+) kB$`, "m").exec(text);
  return Number(match?.[1] ?? 0) * 1024;
}

/** tini, which has the entrypoint among its own arguments. */
function isInit(command: readonly string[]): boolean {
  return command[0]?.endsWith("/tini") ?? false;
}

async function readProcess(pid: number): Promise<Process | undefined> {
  const [status, command] = await Promise.all([
    readOrEmpty(`/proc/${pid}/status`),
    readOrEmpty(`/proc/${pid}/cmdline`),
  ]);
  const innerPid = /^NSpid:.*?(\d+)$/m.exec(status)?.[1];
  if (innerPid === undefined) return undefined;
  return { pid, innerPid: Number(innerPid), command: command.split("\0").slice(0, -1) };
}

/** Empty when the process has ended. */
async function readOrEmpty(file: string): Promise<string> {
  return await readFile(file, "utf8").catch(() => "");
}
