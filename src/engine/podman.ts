import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { runProcess } from "./process.ts";

/** Options for machines where Podman's defaults do not start a container. */
export interface PodmanOptions {
  /** Before the command. */
  readonly global: readonly string[];
  /** After `create`. */
  readonly create: readonly string[];
}

/** Enough for any desktop; more is refused where Podman's helpers have lowered the limit. */
const MOST = 32_768;

/** Bit of CAP_SYS_RESOURCE in a capability mask. */
const SYS_RESOURCE = 24n;

/**
 * Works around two faults: crun does not start on kernels with both versions of cgroups, runc does; and Podman as root
 * asks for higher limits than a machine without CAP_SYS_RESOURCE grants, so it gets those of this process.
 */
export async function podmanOptions(): Promise<PodmanOptions> {
  return { global: await runtimeOptions(), create: await limitOptions() };
}

/** The `--ulimit` options for a process's limits; empty where they may be raised. */
export function renderLimits(status: string, limits: string): string[] {
  const mask = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? "0"}`);
  if (((mask >> SYS_RESOURCE) & 1n) === 1n) return [];
  const hard = (name: string): string => {
    const value = new RegExp(`^${name}\\s+\\S+\\s+(\\S+)`, "m").exec(limits)?.[1];
    return String(Math.min(MOST, Number.parseInt(value ?? "", 10) || MOST));
  };
  const [files, processes] = [hard("Max open files"), hard("Max processes")];
  return ["--ulimit", `nofile=${files}:${files}`, "--ulimit", `nproc=${processes}:${processes}`];
}

async function runtimeOptions(): Promise<string[]> {
  const format = "{{.Host.CgroupsVersion}} {{.Host.OCIRuntime.Name}}";
  const { stdout } = await runProcess("podman", ["info", "--format", format]);
  if (stdout.trim() !== "v1 crun" || !existsSync("/sys/fs/cgroup/unified")) return [];
  return (await runProcess("runc", ["--version"])).ok ? ["--runtime", "runc"] : [];
}

async function limitOptions(): Promise<string[]> {
  if (process.getuid?.() !== 0) return [];
  const [status, limits] = await Promise.all([
    readFile("/proc/self/status", "utf8"),
    readFile("/proc/self/limits", "utf8"),
  ]);
  return renderLimits(status, limits);
}
