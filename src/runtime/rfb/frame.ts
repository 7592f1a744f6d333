import { readFileSync } from "node:fs";
import { runClient, watchOneChange } from "./client.ts";

/** A change of the picture. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  /** Percent of the picture. */
  readonly changed: number;
  /** Milliseconds of CPU that the display server took meanwhile, for all its clients. */
  readonly time: number;
}

export interface FrameOptions {
  /** The display server's socket. */
  readonly path: string;
  /** Milliseconds to wait. */
  readonly patience: number;
  /** The display server's process id. */
  readonly pid: () => number | undefined;
}

/** Waits for the next change of the picture, as one more client. Undefined when none comes, or there is no display. */
export async function nextFrame({ path, patience, pid }: FrameOptions): Promise<Frame | undefined> {
  let before = 0;
  const onWhole = () => {
    before = cpuTime(pid());
  };
  const change = await runClient(path, patience, (send) => watchOneChange(send, onWhole));
  if (change === undefined) return undefined;
  const { width, height, drawn } = change;
  const changed = Math.min(100, Math.ceil((100 * drawn) / (width * height)));
  return { width, height, changed, time: Math.max(0, cpuTime(pid()) - before) };
}

/** Milliseconds of CPU of a process, or 0: the first number of schedstat is in nanoseconds. */
function cpuTime(pid: number | undefined): number {
  try {
    const [nanoseconds = "0"] = readFileSync(`/proc/${pid}/schedstat`, "utf8").split(" ");
    return Number(nanoseconds) / 1e6;
  } catch {
    return 0;
  }
}
