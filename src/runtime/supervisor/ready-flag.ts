import { rmSync, writeFileSync } from "node:fs";
import { attempt } from "../log/attempt.ts";
import type { Log } from "../log/log.ts";
import { startTime } from "./start-time.ts";

const TROUBLE = {
  event: "ready.flag",
  advice:
    "Who waits for the ready file waits longer than needed; /readyz tells the truth. /tmp must be writable and have space.",
};

/**
 * Keeps `<directory>/desktop.ready`: it exists exactly while what it is last called with is true. In it stand this process's
 * id and start time, so that one which a killed container has left can be told from it.
 */
export function readyFlag(directory: string, log: Log): (ready: boolean) => void {
  const path = `${directory}/desktop.ready`;
  // One that a killed container has left.
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
