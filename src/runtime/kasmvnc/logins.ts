import { randomBytes } from "node:crypto";
import { encrypt } from "unixcrypt";
import { writeAtomic } from "../../files/write-atomic.ts";
import type { Role } from "../gateway/users.ts";

/** Basic credentials by which the gateway signs a visitor of each role in to KasmVNC. */
export type KasmVncLogins = Readonly<Record<Role, string>>;

/** The salt that KasmVNC uses for every password, whatever the file contains. */
const SALT = "$5$kasm";

/** KasmVNC's rights: `w` may type and click, `o` may use the owner API, `r` may view. */
const RIGHTS: Readonly<Record<Role, string>> = { owner: "wo", participant: "w", viewer: "r" };

/**
 * Makes a user of KasmVNC for each role, with a new random password, and writes their file (mode 600). People's
 * passwords are the gateway's: KasmVNC, which listens on the loopback device only, never gets one. Throws errors of the
 * file system.
 */
export function makeLogins(path: string): KasmVncLogins {
  const passwords = (Object.keys(RIGHTS) as Role[]).map((role) => [role, newPassword()] as const);
  writeAtomic(path, renderKasmPasswords(Object.fromEntries(passwords)), 0o600);
  return Object.fromEntries(
    passwords.map(([role, password]) => [role, `Basic ${base64(`${role}:${password}`)}`]),
  ) as KasmVncLogins;
}

/** KasmVNC's password file. Each line is a user, named after its role: name, SHA-256 crypt of the password, rights. */
export function renderKasmPasswords(passwords: Readonly<Record<string, string>>): string {
  return Object.entries(passwords)
    .map(([role, password]) => `${role}:${encrypt(password, SALT)}:${RIGHTS[role as Role]}\n`)
    .join("");
}

/** 24 characters: unixcrypt hashes passwords whose length is a multiple of 32 wrongly. */
function newPassword(): string {
  return randomBytes(18).toString("base64url");
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
