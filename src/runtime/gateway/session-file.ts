import { randomBytes } from "node:crypto";
import { readTextIfThere } from "../../files/read-text-if-there.ts";
import { writeAtomic } from "../../files/write-atomic.ts";
import { attempt } from "../log/attempt.ts";
import type { Log } from "../log/log.ts";

/** A session in the file. Programs on the desktop can read and write that file, so nothing in it lets them sign in. */
export interface SavedSession {
  /** The user's name. */
  readonly name: string;
  /** Hash of the token under a key that the file does not have. */
  readonly mark: string;
  /** When it was used last, in milliseconds since 1970. */
  readonly used: number;
}

/** Where sessions are kept over a restart of the container. */
export interface SessionFile {
  /** The name of the container's cookie: browsers send cookies to all ports of a host. */
  readonly cookieName: string;
  readonly saved: readonly SavedSession[];
  save(sessions: readonly SavedSession[]): void;
}

/** Reads the file; a missing or invalid one counts as empty. Failures to write it are logged. */
export function openSessionFile(path: string, log: Log): SessionFile {
  const { cookieName = newCookieName(), saved } = parse(readTextIfThere(path));
  return {
    cookieName,
    saved,
    save: (sessions) =>
      attempt(log, UNKEPT, () => writeAtomic(path, `${JSON.stringify({ cookieName, sessions })}\n`, 0o600)),
  };
}

/** Random, for each container. */
export function newCookieName(): string {
  return `__Host-kasmix-${randomBytes(4).toString("hex")}`;
}

const UNKEPT = {
  event: "sessions.unkept",
  advice:
    "After a restart of the container people have to sign in again. Make /tmp writable, or free space there.",
};

function parse(text: string): { cookieName?: string; saved: SavedSession[] } {
  try {
    const { cookieName, sessions } = Object(JSON.parse(text));
    if (typeof cookieName !== "string" || !/^__Host-kasmix-[0-9a-f]{8}$/.test(cookieName))
      return { saved: [] };
    return { cookieName, saved: Array.isArray(sessions) ? sessions.filter(isSaved) : [] };
  } catch {
    return { saved: [] };
  }
}

function isSaved(value: unknown): value is SavedSession {
  const { name, mark, used } = Object(value) as Partial<SavedSession>;
  return typeof name === "string" && typeof mark === "string" && typeof used === "number";
}
