import { attempt } from "./attempt.ts";
import type { Directories } from "./directories.ts";
import type { Log } from "./log.ts";
import { ensureMachineId } from "./machine-id.ts";
import { seedHome } from "./profile.ts";
import { ensureUser } from "./user.ts";

/**
 * Makes the home and the user what a session expects: the profile's files, a machine id in `shared`, a name for the
 * uid. Gives the environment that the name needs. What cannot be done is logged; the session starts all the same.
 */
export function prepareHome(
  { home, runtime }: Directories,
  shared: string,
  profile: string,
  log: Log,
): NodeJS.ProcessEnv {
  const files = attempt(log, "home.unseeded", () => seedHome(profile, home));
  if (files) log.info({ event: "home.seeded", files, home });
  attempt(log, "machine-id.failed", () => ensureMachineId(home, `${shared}/machine-id`));
  return attempt(log, "user.failed", () => ensureUser(home, runtime, log)) ?? {};
}
