import { rmSync } from "node:fs";
import { writeAtomic } from "../../files/write-atomic.ts";
import type { Directories } from "./directories.ts";

/**
 * Tells the shells of `docker exec`, whose HOME is the image's, which home the desktop has in its place:
 * nix/common/dockerstartup/generate_container_user reads `<shared>/home`.
 */
export function shareHome({ home, homeWarning }: Directories, shared: string): void {
  const path = `${shared}/home`;
  if (homeWarning === undefined) rmSync(path, { force: true });
  else writeAtomic(path, `${home}\n`, 0o644);
}
