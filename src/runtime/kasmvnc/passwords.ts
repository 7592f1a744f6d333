import { rmSync } from "node:fs";
import { encrypt } from "unixcrypt";
import { writeAtomic } from "../../files/write-atomic.ts";
import { type Passwords, USERS } from "../gateway/auth.ts";
import { reasonOf } from "../log/attempt.ts";
import type { Log } from "../log/log.ts";

/** The salt that KasmVNC uses for every password, whatever the file contains. */
const SALT = "$5$kasm";
/** Least characters of a password that KasmVNC's own tool accepts. */
const SHORTEST = 6;
/** Most characters of a Basic header that KasmVNC accepts. */
const LONGEST_HEADER = 256;

/**
 * KasmVNC's password file. Each line is a user: name, SHA-256 crypt of the password, rights. `w` may type and click, `o`
 * may use the owner API, `r` may view. Without a password for viewers there is no viewer.
 */
export function renderKasmPasswords({ owner, viewer }: Passwords<string>): string {
  const line = (user: string, password: string, rights: string) =>
    `${user}:${encrypt(password, SALT)}:${rights}\n`;
  return line(USERS.owner, owner, "wo") + (viewer === undefined ? "" : line(USERS.viewer, viewer, "r"));
}

/**
 * Writes ~/.kasmpasswd and returns its path. If that fails the file goes into `runtime`, which is logged, because an old
 * one in the home must not let anybody in. Passwords that KasmVNC cannot handle are logged.
 */
export function writeKasmPasswords(
  passwords: Passwords<string>,
  { home, runtime }: { readonly home: string; readonly runtime: string },
  log: Log,
): string {
  warnAboutPasswords(passwords, log);
  const content = renderKasmPasswords(passwords);
  const path = `${home}/.kasmpasswd`;
  try {
    writeAtomic(path, content, 0o600);
    return path;
  } catch (error) {
    const other = `${runtime}/kasmpasswd`;
    const message = `${path} cannot be written (${reasonOf(error)}): KasmVNC reads its passwords from ${other}. Repair the home or free space on its volume.`;
    log.error({ event: "kasmpasswd.moved", path: other, message });
    rmSync(other, { force: true });
    writeAtomic(other, content, 0o600);
    return other;
  }
}

function warnAboutPasswords({ owner, viewer }: Passwords<string>, log: Log): void {
  const given: [variable: string, user: string, password: string][] = [["VNC_PW", USERS.owner, owner]];
  if (viewer !== undefined) given.push(["VNC_VIEW_ONLY_PW", USERS.viewer, viewer]);
  for (const [variable, user, password] of given) {
    if (password.length < SHORTEST) {
      const message = `${variable} has fewer than ${SHORTEST} characters, which KasmVNC's own tool refuses. It is used nevertheless; set a longer one, which is harder to guess.`;
      log.warn({ event: "password.short", user, message });
    }
    if (Buffer.from(`${user}:${password}`).toString("base64").length > LONGEST_HEADER) {
      const message = `${variable} is so long that KasmVNC answers 403 to it. Set one of at most 180 characters.`;
      log.error({ event: "password.long", user, message });
    }
  }
}
