import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Duplex } from "node:stream";
import { writeAtomic } from "../../files/write-atomic.ts";
import { SECURITY, VERSION_3_8 } from "./protocol.ts";
import { readBytes } from "./read-bytes.ts";

/** Milliseconds for the display server's half of the handshake. */
const PATIENCE = 5_000;
const PASSWORD_LENGTH = 8;

/**
 * Writes new passwords of the display server, as `-PasswordFile` expects them: nobody uses the first, the second is
 * view-only. Viewers are signed in with it, so that the display server itself ignores their input and keeps the
 * clipboard from them, should the gateway's filter ever fail.
 */
export function writeDisplayPasswords(path: string): void {
  writeAtomic(path, Buffer.concat([newPassword(), newPassword()].map(obscure)), 0o600);
}

/** Signs in at the display server with the view-only password of this file. Throws when that fails. */
export async function signInToLook(display: Duplex, passwordFile: string): Promise<void> {
  const ended = new AbortController();
  const end = () => ended.abort(new Error("the display closed the connection"));
  display.once("close", end);
  const timer = setTimeout(() => ended.abort(new Error("the display does not answer")), PATIENCE);
  const take = (length: number) => readBytes(display, length, ended.signal);
  try {
    if (!(await take(VERSION_3_8.length)).equals(VERSION_3_8)) throw new Error("unknown RFB version");
    display.write(VERSION_3_8);
    const count = (await take(1)).readUInt8();
    // The server refuses; a reason in words would follow.
    if (count === 0) throw new Error("the display accepts no client now");
    const types = await take(count);
    if (!types.includes(SECURITY.vncAuth)) throw new Error("the display has no view-only password");
    display.write(Buffer.of(SECURITY.vncAuth));
    const password = disclose(readFileSync(passwordFile).subarray(PASSWORD_LENGTH, 2 * PASSWORD_LENGTH));
    display.write(des(password, await take(16)));
    if ((await take(4)).readUInt32BE() !== 0) throw new Error("the display refuses the view-only password");
  } finally {
    clearTimeout(timer);
    display.off("close", end);
  }
}

/** Printable characters, because the display server reads the password as text. */
function newPassword(): Buffer {
  return Buffer.from(randomBytes(6).toString("base64url"));
}

/** The fixed, public key with which VNC programs obscure passwords in files. */
const FILE_KEY = Buffer.from([23, 82, 107, 6, 35, 78, 88, 7]);

function obscure(password: Buffer): Buffer {
  return des(FILE_KEY, password);
}

function disclose(obscured: Buffer): Buffer {
  const cipher = createDecipheriv("des-ede3-ecb", tripleKey(FILE_KEY), null).setAutoPadding(false);
  return Buffer.concat([cipher.update(obscured), cipher.final()]);
}

function des(key: Buffer, blocks: Buffer): Buffer {
  const cipher = createCipheriv("des-ede3-ecb", tripleKey(key), null).setAutoPadding(false);
  return Buffer.concat([cipher.update(blocks), cipher.final()]);
}

/** With the same key three times, triple DES is the single DES that VNC uses and OpenSSL no longer offers. */
function tripleKey(key: Buffer): Buffer {
  const mirrored = key.map(mirrorBits);
  return Buffer.concat([mirrored, mirrored, mirrored]);
}

/** VNC's DES reads the bits of each key byte in reverse order. */
function mirrorBits(byte: number): number {
  return Number.parseInt([...byte.toString(2).padStart(8, "0")].reverse().join(""), 2);
}
