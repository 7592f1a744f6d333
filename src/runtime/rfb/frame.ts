import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { feed, watchOneChange } from "./client.ts";

/** A change of the picture. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  /** Percent of the picture. */
  readonly changed: number;
  /** Milliseconds of CPU that the display server took meanwhile, for all who look. */
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

/** Waits for the next change of the picture, as one more who looks. Undefined when none comes, or there is no display. */
export function nextFrame({ path, patience, pid }: FrameOptions): Promise<Frame | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ path });
    const finish = (frame?: Frame) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(frame);
    };
    const timer = setTimeout(finish, patience);
    let before = 0;
    const take = feed(
      watchOneChange((bytes) => socket.write(bytes), {
        onWhole: () => {
          before = cpuTime(pid());
        },
        onChange: ({ width, height, drawn }) => {
          const changed = Math.min(100, Math.ceil((100 * drawn) / (width * height)));
          finish({ width, height, changed, time: Math.max(0, cpuTime(pid()) - before) });
        },
      }),
    );
    socket.on("error", () => {});
    socket.once("close", () => finish());
    socket.on("data", (chunk) => {
      try {
        take(chunk);
      } catch {
        finish();
      }
    });
  });
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
