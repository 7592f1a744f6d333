import { rmSync } from "node:fs";
import { encrypt } from "unixcrypt";
import { writeAtomic } from "../../files/write-atomic.ts";
import { type Passwords, USERS } from "../gateway/auth.ts";
import { reasonOf } from "../log/attempt.ts";
import type { Log } from "../log/log.ts";

/** The salt that KasmVNC checks every password with, whatever the file says. */
const SALT = "$5$kasm";
/** Characters below which KasmVNC's own tool takes no password. */
const SHORTEST = 6;
/** Characters that KasmVNC takes of a Basic header. */
const LONGEST_HEADER = 256;

/**
 * The file that KasmVNC checks passwords by, a line a user: name, SHA-256 crypt of the password, rights. `w` may type
 * and click, `o` may ask the owner API, `r` looks on. There is no viewer without a password for viewers.
 */
export function renderKasmPasswords({ owner, viewer }: Passwords): string {
  const line = (user: string, password: string, rights: string) =>
    `${user}:${encrypt(password, SALT)}:${rights}\n`;
  return line(USERS.owner, owner, "wo") + (viewer === undefined ? "" : line(USERS.viewer, viewer, "r"));
}

/**
 * Writes ~/.kasmpasswd anew and gives its path. Where the home cannot hold it, it goes into `runtime`, and the log
 * says so: an old one in the home must not let anybody in. Passwords that KasmVNC has trouble with are logged.
 */
export function writeKasmPasswords(
  passwords: Passwords,
  { home, runtime }: { readonly home: string; readonly runtime: string },
  log: Log,
): string {
  warnOf(passwords, log);
  const content = renderKasmPasswords(passwords);
  const path = `${home}/.kasmpasswd`;
  try {
    writeAtomic(path, content, 0o600);
    return path;
  } catch (error) {
    const other = `${runtime}/kasmpasswd`;
    const message = `${path} cannot be written (${reasonOf(error)}): KasmVNC takes its passwords from ${other}. Repair the home or free space on its volume.`;
    log.error({ event: "kasmpasswd.moved", path: other, message });
    rmSync(other, { force: true });
    writeAtomic(other, content, 0o600);
    return other;
  }
}

function warnOf({ owner, viewer }: Passwords, log: Log): void {
  const given: [variable: string, user: string, password: string][] = [["VNC_PW", USERS.owner, owner]];
  if (viewer !== undefined) given.push(["VNC_VIEW_ONLY_PW", USERS.viewer, viewer]);
  for (const [variable, user, password] of given) {
    if (password.length < SHORTEST) {
      const message = `${variable} has fewer than ${SHORTEST} characters, which KasmVNC's own tool refuses. It is used all the same; set a longer one: it is easily guessed.`;
      log.warn({ event: "password.short", user, message });
    }
    if (Buffer.from(`${user}:${password}`).toString("base64").length > LONGEST_HEADER) {
      const message = `${variable} is so long that KasmVNC answers 403 to whoever signs in with it. Set a shorter one: up to 180 characters.`;
      log.error({ event: "password.long", user, message });
    }
  }
}
