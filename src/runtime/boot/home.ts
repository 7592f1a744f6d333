import { attempt } from "../log/attempt.ts";
import type { Log } from "../log/log.ts";
import { baseDirectories, type Directories } from "./directories.ts";
import { ensureMachineId } from "./machine-id.ts";
import { seedHome } from "./profile.ts";
import { ensureUser } from "./user.ts";

/**
 * Makes the home and the user what a session expects: the profile's files, a machine id in `shared`, a name for the
 * uid. Gives the environment that comes of it. What cannot be done is logged; the session starts all the same.
 */
export function prepareHome(
  directories: Directories,
  shared: string,
  profile: string,
  log: Log,
): NodeJS.ProcessEnv {
  const { home, runtime } = directories;
  seed(profile, home, log);
  attempt(log, NO_MACHINE_ID, () => ensureMachineId(home, `${shared}/machine-id`));
  const named = attempt(log, NO_NAME, () => ensureUser(home, runtime, log));
  return { ...named, ...baseDirectories(directories, log) };
}

const NO_MACHINE_ID = {
  event: "machine-id.failed",
  advice:
    "Programs that ask for the machine's id do without. /tmp and the home must be writable and have space.",
};
const NO_NAME = {
  event: "user.failed",
  advice:
    "This user may have no name, and then the session bus does not start. Run as uid 1000, or with group 0.",
};
const REPAIR = "Repair the home or free space on its volume; what is missing comes at the next start.";
const UNSEEDED = { event: "home.unseeded", advice: `The home lacks files of the image. ${REPAIR}` };

function seed(profile: string, home: string, log: Log): void {
  const done = attempt(log, UNSEEDED, () => seedHome(profile, home));
  if (done?.copied) log.info({ event: "home.seeded", files: done.copied, home });
  if (!done || done.failed.length === 0) return;
  const [first] = done.failed;
  const message = `${done.failed.length} files of the image could not be given to ${home}, first ${first}. ${REPAIR}`;
  log.error({ event: UNSEEDED.event, message });
}
