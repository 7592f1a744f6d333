import { accessSync, chmodSync, constants, lstatSync, mkdirSync, mkdtempSync } from "node:fs";
import { reasonOf } from "../log/attempt.ts";
import type { Log } from "../log/log.ts";

/** The directories of a running container. All exist and belong to this user. */
export interface Directories {
  readonly home: string;
  /** Private (0700) directory for sockets and the X cookie: XDG_RUNTIME_DIR of everything started. */
  readonly runtime: string;
  /** Says why nothing in the home is kept; undefined where it is. */
  readonly homeWarning?: string;
}

/** Finds or makes the directories. Each has a fallback under `temporary`, so that the desktop starts with a bad volume. */
export function prepareDirectories(environment: NodeJS.ProcessEnv, temporary: string, log: Log): Directories {
  const uid = process.getuid?.() ?? 0;
  const wanted = environment.HOME || "/home/kasm-user";
  const home =
    firstUsable([wanted], 0o755) ?? privateDirectory([`${temporary}/kasmix-home-${uid}`], temporary);
  const choices = [environment.XDG_RUNTIME_DIR ?? "", `${temporary}/kasmix-${uid}`];
  const runtime = privateDirectory(choices, temporary);
  if (home === wanted) return { home, runtime };
  const homeWarning = `uid ${uid} cannot write to ${wanted}: nothing will be kept. Mount a volume that this uid or group 0 may write to.`;
  log.warn({ event: "home.fallback", wanted, home, message: homeWarning });
  return { home, runtime, homeWarning };
}

/** The directories for settings, caches and data, by the variables that name them. */
const BASE_DIRECTORIES = {
  XDG_CONFIG_HOME: ".config",
  XDG_CACHE_HOME: ".cache",
  XDG_DATA_HOME: ".local/share",
  XDG_STATE_HOME: ".local/state",
} as const;

/**
 * The environment for a home in which directories for settings, caches or data cannot be used: it replaces each of them
 * by one below the runtime directory. Empty for an intact home.
 */
export function baseDirectories({ home, runtime }: Directories, log: Log): NodeJS.ProcessEnv {
  const broken = Object.entries(BASE_DIRECTORIES).filter(
    ([, path]) => firstUsable([`${home}/${path}`], 0o700) === undefined,
  );
  for (const [, path] of broken) {
    const message = `${home}/${path} is not a writable directory: data of programs in it is not kept. Repair or remove it, and start again.`;
    log.error({ event: "home.broken", path: `${home}/${path}`, message });
  }
  return Object.fromEntries(broken.map(([name, path]) => [name, `${runtime}/home/${path}`]));
}

function firstUsable(choices: readonly string[], mode: number): string | undefined {
  return choices.find((path) => {
    try {
      mkdirSync(path, { recursive: true, mode });
      accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** The first choice that is, or can be made, a directory of this user with mode 0700. */
function privateDirectory(choices: readonly string[], temporary: string): string {
  const found = choices.find(
    (path) => path !== "" && firstUsable([path], 0o700) !== undefined && makePrivate(path),
  );
  return found ?? madeDirectory(temporary);
}

function madeDirectory(temporary: string): string {
  try {
    return mkdtempSync(`${temporary}/kasmix-`);
  } catch (error) {
    const advice = `Make ${temporary} writable: --tmpfs ${temporary}:mode=1777, in Kubernetes an emptyDir`;
    throw new Error(`${advice} (${reasonOf(error)})`, { cause: error });
  }
}

function makePrivate(path: string): boolean {
  try {
    const entry = lstatSync(path);
    // Another user could replace a directory of theirs, or a link to one, below our sockets.
    if (!entry.isDirectory() || entry.uid !== process.getuid?.()) return false;
    chmodSync(path, 0o700);
    return true;
  } catch {
    return false;
  }
}
