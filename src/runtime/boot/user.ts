import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { userInfo } from "node:os";
import { writeAtomic } from "../../files/write-atomic.ts";
import type { Log } from "../log/log.ts";

const WRAPPERS = ["x86_64-linux-gnu", "aarch64-linux-gnu"].map(
  (triplet) => `/usr/lib/${triplet}/libnss_wrapper.so`,
);

/**
 * Gives this user a name if it has none: Kubernetes and OpenShift start containers with any uid, and the session bus does
 * not start for a user without an entry. The entry goes to /etc/passwd if that is writable (by group 0 in the image), else
 * to a copy that libnss_wrapper shows to programs. Returns the environment that this needs.
 */
export function ensureUser(
  home: string,
  runtime: string,
  log: Log,
  { passwd = "/etc/passwd", wrappers = WRAPPERS, isKnown = isKnownUser } = {},
): NodeJS.ProcessEnv {
  if (isKnown()) return {};
  const uid = process.getuid?.() ?? 0;
  const entry = `kasm-user-${uid}:x:${uid}:${process.getgid?.() ?? 0}:Kasm user:${home}:/bin/bash\n`;
  const wrapper = wrappers.find((path) => existsSync(path));
  if (appended(passwd, entry)) return {};
  if (wrapper) return wrapped(`${runtime}/passwd`, readFileSync(passwd, "utf8") + entry, wrapper);
  log.error({
    event: "user.unknown",
    uid,
    message: `uid ${uid} is not in ${passwd}, so the session bus, and with it the desktop, cannot start. Run as uid 1000, or with group 0.`,
  });
  return {};
}

function wrapped(copy: string, content: string, wrapper: string): NodeJS.ProcessEnv {
  writeAtomic(copy, content, 0o600);
  return { LD_PRELOAD: wrapper, NSS_WRAPPER_PASSWD: copy, NSS_WRAPPER_GROUP: "/etc/group" };
}

function isKnownUser(): boolean {
  try {
    return userInfo().username !== "";
  } catch {
    return false;
  }
}

function appended(path: string, line: string): boolean {
  try {
    appendFileSync(path, line);
    return true;
  } catch {
    return false;
  }
}
