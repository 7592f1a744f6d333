import { rmSync, writeFileSync } from "node:fs";
import { attempt } from "../log/attempt.ts";
import type { Log } from "../log/log.ts";
import { startTime } from "./start-time.ts";

const TROUBLE = {
  event: "ready.flag",
  advice: "The ready file is out of date; /readyz is right. Make /tmp writable and free space on it.",
};

/**
 * Keeps `<directory>/desktop.ready`, which exists while the last call was with `true`. It contains this process's id and
 * start time, which tell it from the file of a killed container.
 */
export function readyFlag(directory: string, log: Log): (ready: boolean) => void {
  const path = `${directory}/desktop.ready`;
  // A killed container may have left one.
  let exists = true;
  const set = (ready: boolean) => {
    if (ready === exists) return;
    attempt(log, TROUBLE, () => {
      if (ready) writeFileSync(path, `${process.pid} ${startTime(process.pid)}\n`);
      else rmSync(path, { force: true });
      exists = ready;
    });
  };
  set(false);
  return set;
}
