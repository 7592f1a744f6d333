import { randomInt } from "node:crypto";
import { readTextIfThere } from "../../files/read-text-if-there.ts";
import { writeAtomic } from "../../files/write-atomic.ts";
import type { Log } from "../log/log.ts";

/** A secret that is generated when nobody sets it. */
export interface KeptSecret {
  /** Prefix of its events. */
  readonly name: string;
  /** The variable that sets it. */
  readonly variable: string;
  /** Its file. */
  readonly path: string;
}

/**
 * A generated secret, made once and kept in its file. The log names only the file, because more people read logs than may
 * use the desktop.
 */
export function keptSecret(place: KeptSecret, log: Log): string {
  return readTextIfThere(place.path).trim() || newSecret(place, log);
}

/** The same, but always a new one. */
export function newSecret({ name, variable, path }: KeptSecret, log: Log): string {
  const secret = generateSecret();
  try {
    writeAtomic(path, `${secret}\n`, 0o600);
    log.info({ event: `${name}.generated`, message: `Read it with: docker exec CONTAINER cat ${path}` });
  } catch (error) {
    log.error({
      event: `${name}.lost`,
      message: `${variable} is not set and a generated one cannot be written to ${path} (${String(error)}): set ${variable}.`,
    });
  }
  return secret;
}

const LETTERS = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
const LENGTH = 20;

/** 20 characters that are not easily confused: about 116 bits. */
function generateSecret(): string {
  return Array.from({ length: LENGTH }, () => LETTERS[randomInt(LETTERS.length)]).join("");
}
