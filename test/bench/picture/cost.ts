import { readFile } from "node:fs/promises";
import { KasmixError } from "../../../src/model/error.ts";

/** What the processes of a container have used since it was started. */
export interface Cost {
  /** Seconds of processor time, also of processes that have ended. */
  readonly processor: number;
  /** Bytes that it sent, with the headers of the network. */
  readonly sent: number;
}

/** Reads what a container has used so far, by the pid of its first process. Throws E_MACHINE where this machine does not tell. */
export async function readCost(pid: number): Promise<Cost> {
  const [groups, network] = await Promise.all([
    readFile(`/proc/${pid}/cgroup`, "utf8"),
    readFile(`/proc/${pid}/net/dev`, "utf8"),
  ]).catch((cause: unknown) => {
    throw new KasmixError(
      "E_MACHINE",
      `The container's processes are not to be seen on this machine: ${cause}`,
      {
        fix: "Run the bench on the machine of the engine, as root or as the user of a rootless engine.",
      },
    );
  });
  return { processor: await readProcessor(groups), sent: sumSent(network) };
}

async function readProcessor(groups: string): Promise<number> {
  const old = /^\d+:[^:]*\bcpuacct\b[^:]*:(.*)$/m.exec(groups)?.[1];
  if (old !== undefined) {
    return Number(await readFile(`/sys/fs/cgroup/cpuacct${old}/cpuacct.usage`, "utf8")) / 1e9;
  }
  const path = /^0::(.*)$/m.exec(groups)?.[1] ?? "";
  const usage = /^usage_usec (\d+)$/m.exec(await readFile(`/sys/fs/cgroup${path}/cpu.stat`, "utf8"));
  return Number(usage?.[1] ?? 0) / 1e6;
}

/** All interfaces of a table like /proc/net/dev but the container's own to itself. */
export function sumSent(table: string): number {
  return table
    .split("\n")
    .map((line) => /^\s*([^\s:]+):\s*(.*)$/.exec(line))
    .filter((match) => match !== null && match[1] !== "lo")
    .reduce((sum, match) => sum + Number(match?.[2]?.split(/\s+/)[8] ?? 0), 0);
}
