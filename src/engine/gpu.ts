import { existsSync, lstatSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { type GpuPlaces, listGpus } from "../files/list-gpus.ts";
import type { Fault } from "../model/error.ts";
import type { Engine } from "./detect.ts";

/** GPUs for a container. */
export interface Gpus {
  /** Render nodes, as Intel's and AMD's drivers have them: `/dev/dri/renderD128`. */
  readonly nodes: readonly string[];
  /** NVIDIA's, which come with their driver by its container toolkit: `all`, or numbers and UUIDs. */
  readonly nvidia: readonly string[];
}

/** The value of a `--gpu` that stands alone: every GPU of this machine. */
export const ALL_GPUS = "auto";

/**
 * The GPUs that `--gpu` names: `auto`, `nvidia`, `nvidia:0`, a render node. Adds a fault for each that cannot be, and for
 * `auto` on a machine without any.
 */
export function gpusFrom(texts: readonly string[], faults: Fault[], places: GpuPlaces = {}): Gpus {
  const found = texts.flatMap((text) => {
    const gpus = text === ALL_GPUS ? findGpus(places) : namedGpu(text);
    const fault = faultOf(text, gpus);
    if (fault !== undefined) faults.push(fault);
    return gpus ?? [];
  });
  const nvidia = unique(found.flatMap((gpus) => gpus.nvidia));
  return {
    nodes: unique(found.flatMap((gpus) => gpus.nodes)),
    nvidia: nvidia.includes("all") ? ["all"] : nvidia,
  };
}

/** One GPU by its name, whether it is here or not; undefined if it is none. */
export function namedGpu(text: string): Gpus | undefined {
  if (/^\/dev\/dri\/renderD\d+$/.test(text)) return { nodes: [text], nvidia: [] };
  const nvidia = /^nvidia(?::([\w-]+))?$/.exec(text);
  return nvidia ? { nodes: [], nvidia: [nvidia[1] ?? "all"] } : undefined;
}

/** The names of GPUs, for messages. */
export const NAMES = "Write --gpu=/dev/dri/renderD128, --gpu=nvidia, or --gpu=nvidia:0 for one of NVIDIA's.";

/** NVIDIA's GPUs as options of an engine. Older versions of Podman ignore `--gpus`; all know the toolkit's names. */
export function renderNvidia(names: readonly string[], kind: Engine["kind"]): string[] {
  if (names.length === 0) return [];
  if (kind === "podman") return names.flatMap((name) => ["--device", `nvidia.com/gpu=${name}`]);
  // Docker reads the value as CSV, in which a list needs quotes.
  return ["--gpus", names.includes("all") ? "all" : `"device=${names.join(",")}"`];
}

/**
 * Groups by which devices can be opened, in ascending order; of a folder, those of the devices in it. None for a device
 * that everybody or only its user can open.
 */
export function groupsOf(paths: readonly string[]): number[] {
  return unique(paths.flatMap((path) => groupOf(path))).sort((a, b) => a - b);
}

function groupOf(path: string, look = statSync): number[] {
  const stat = look(path, { throwIfNoEntry: false });
  if (stat?.isDirectory()) return readdirSync(path).flatMap((name) => groupOf(join(path, name), lstatSync));
  const mayAll = (bits: number) => ((stat?.mode ?? 0) & bits) === bits;
  return stat?.isCharacterDevice() && mayAll(0o060) && !mayAll(0o006) ? [stat.gid] : [];
}

function findGpus(places: GpuPlaces): Gpus | undefined {
  const { nodes, hasNvidia } = listGpus(places);
  if (nodes.length === 0 && !hasNvidia) return undefined;
  const others = nodes.filter(({ driver }) => driver !== "nvidia");
  return { nodes: others.map(({ path }) => path), nvidia: hasNvidia ? ["all"] : [] };
}

function faultOf(text: string, gpus: Gpus | undefined): Fault | undefined {
  const path = `--gpu=${text}`;
  if (gpus?.nodes.every((node) => existsSync(node))) return undefined;
  if (gpus) return { path, message: "does not exist", fix: "Look for it: ls /dev/dri" };
  if (text !== ALL_GPUS) return { path, message: "names no GPU", fix: NAMES };
  const message = "this machine has no GPU: neither a render node in /dev/dri nor /dev/nvidiactl";
  return { path: "--gpu", message, fix: "Leave it out, and the processor does the work." };
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
