import { attempt } from "../log/attempt.ts";
import type { Log } from "../log/log.ts";
import { baseDirectories, type Directories } from "./directories.ts";
import { ensureMachineId } from "./machine-id.ts";
import { seedHome } from "./profile.ts";
import { ensureUser } from "./user.ts";

/**
 * Prepares home and user for a session: copies the profile's files, makes a machine id in `shared`, gives the uid a name.
 * Returns the environment that this needs. Failures are logged, and the session starts nevertheless.
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
  advice: "Programs that need the machine's id may fail. Make /tmp and the home writable and free space.",
};
const NO_NAME = {
  event: "user.failed",
  advice: "The session bus does not start for a user without a name. Run as uid 1000, or with group 0.",
};
const REPAIR = "Repair the home or free space on its volume; missing files are copied at the next start.";
const UNSEEDED = { event: "home.unseeded", advice: `The home lacks files of the image. ${REPAIR}` };

function seed(profile: string, home: string, log: Log): void {
  const done = attempt(log, UNSEEDED, () => seedHome(profile, home));
  if (done?.copied) log.info({ event: "home.seeded", files: done.copied, home });
  if (!done || done.failed.length === 0) return;
  const [first] = done.failed;
  const message = `${done.failed.length} files of the image could not be copied to ${home}, the first: ${first}. ${REPAIR}`;
  log.error({ event: UNSEEDED.event, message });
}
