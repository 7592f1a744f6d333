import { rmSync, utimesSync, writeFileSync } from "node:fs";
import { attempt } from "../log/attempt.ts";
import type { Log } from "../log/log.ts";
import { startTime } from "./start-time.ts";

const TROUBLE = {
  event: "ready.flag",
  advice: "The ready file is out of date; /readyz is right. Make /tmp writable and free space on it.",
};

/** The file that tells others in the container that the desktop is ready. */
export interface ReadyFlag {
  /** Makes the file exist, or not. */
  set(ready: boolean): void;
  /** Renews the time of the file, so that one of a frozen process is seen to be old. */
  renew(): void;
}

/**
 * Keeps `<directory>/desktop.ready`. It contains this process's id and start time, which tell it from the file of a killed
 * container.
 */
export function readyFlag(directory: string, log: Log): ReadyFlag {
  const path = `${directory}/desktop.ready`;
  // A killed container may have left one.
  let exists = true;
  const write = () => writeFileSync(path, `${process.pid} ${startTime(process.pid)}\n`);
  const set = (ready: boolean) => {
    if (ready === exists) return;
    attempt(log, TROUBLE, () => {
      if (ready) write();
      else rmSync(path, { force: true });
      exists = ready;
    });
  };
  set(false);
  return {
    set,
    renew() {
      if (!exists) return;
      try {
        const now = new Date();
        utimesSync(path, now, now);
      } catch {
        // Somebody has removed it.
        attempt(log, TROUBLE, write);
      }
    },
  };
}
