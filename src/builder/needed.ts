import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { distribution } from "../engine/distribution.ts";

/** What of this machine decides. */
export interface Machine {
  /** Folders of programs. @default PATH */
  readonly directories?: readonly string[];
  /** The socket of Nix's daemon. */
  readonly socket?: string;
  readonly store?: string;
  readonly root?: boolean;
  /** Whether Kasmix can install packages of Debian here. */
  readonly debian?: boolean;
}

/** Where a Nix daemon listens. */
export const DAEMON_SOCKET = "/nix/var/nix/daemon-socket/socket";

/**
 * Whether Nix has to run in a container: it is missing here, or this user may not use it, and Kasmix cannot install it,
 * which it does on Debian and Ubuntu as root.
 */
export async function needsBuilder(machine: Machine = {}): Promise<boolean> {
  // There Nix itself says what is wrong.
  if (isInside()) return false;
  const { socket = DAEMON_SOCKET, store = "/nix/store", root = process.getuid?.() === 0 } = machine;
  const may = root || isAllowed(socket, constants.W_OK) || isAllowed(store, constants.W_OK);
  if (may && hasProgram("nix-store", machine.directories)) return false;
  return !(root && (machine.debian ?? (await distribution()).debianLike));
}

/** Whether this is the Kasmix in the builder. */
export function isInside(environment: NodeJS.ProcessEnv = process.env): boolean {
  return environment.KASMIX_INSIDE !== undefined;
}

/** Whether a program is among those of PATH. */
export function hasProgram(
  name: string,
  directories: readonly string[] = (process.env.PATH ?? "").split(delimiter),
): boolean {
  return directories.some((directory) => isAllowed(join(directory, name), constants.X_OK));
}

function isAllowed(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}
