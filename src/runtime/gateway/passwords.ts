import { randomInt } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { writeAtomic } from "../../files/write-atomic.ts";
import type { Log } from "../log/log.ts";
import { type Passwords, USERS } from "./auth.ts";

/** File of the generated password, below the home. */
export const PASSWORD_FILE = ".config/kasmix/password";

/**
 * The passwords from VNC_PW and VNC_VIEW_ONLY_PW. Without VNC_PW one is generated and saved in the home; the log names
 * only the file, because more people read logs than may use the desktop.
 */
export function resolvePasswords(environment: NodeJS.ProcessEnv, home: string, log: Log): Passwords {
  const owner = environment.VNC_PW || keptPassword(home, log);
  const viewer = environment.VNC_VIEW_ONLY_PW;
  if (viewer !== undefined && viewer !== "" && viewer === owner) {
    log.warn({
      event: "password.same",
      message: "VNC_VIEW_ONLY_PW equals VNC_PW, so viewers can take control: set different passwords.",
    });
  }
  return viewer ? { owner, viewer } : { owner };
}

function keptPassword(home: string, log: Log): string {
  const path = join(home, PASSWORD_FILE);
  const kept = readIfThere(path);
  if (kept !== "") return kept;
  const password = generatePassword();
  try {
    writeAtomic(path, `${password}\n`, 0o600);
    log.info({
      event: "password.generated",
      user: USERS.owner,
      message: `Read it with: docker exec CONTAINER cat ${path}`,
    });
  } catch (error) {
    log.error({
      event: "password.lost",
      message: `VNC_PW is not set and a generated password cannot be written to ${path} (${String(error)}): set VNC_PW.`,
    });
  }
  return password;
}

const LETTERS = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
const LENGTH = 20;

/** 20 characters that are not easily confused: about 116 bits. */
function generatePassword(): string {
  return Array.from({ length: LENGTH }, () => LETTERS[randomInt(LETTERS.length)]).join("");
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return "";
  }
}
