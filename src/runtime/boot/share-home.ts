import { rmSync } from "node:fs";
import { writeAtomic } from "../../files/write-atomic.ts";
import type { Directories } from "./directories.ts";

/** What to say where the shared folder cannot be written. */
export const NOT_SHARED = {
  event: "shared.failed",
  advice: "kasmixctl and desktop_ready do not work. Make /tmp writable: --tmpfs /tmp:mode=1777",
};

/**
 * Tells the shells of `docker exec`, whose HOME is the image's, which home the desktop has in its place:
 * nix/common/dockerstartup/generate_container_user reads `<shared>/home`.
 */
export function shareHome({ home, homeWarning }: Directories, shared: string): void {
  const path = `${shared}/home`;
  if (homeWarning === undefined) rmSync(path, { force: true });
  else writeAtomic(path, `${home}\n`, 0o644);
}
