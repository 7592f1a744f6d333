import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Socket } from "node:net";
import { writeAtomic } from "../../files/write-atomic.ts";
import { readBytes } from "./read-bytes.ts";
import { VERSION_8 } from "./viewer-filter.ts";

/** Milliseconds that the display server has for its half of the handshake. */
const PATIENCE = 5_000;
const VNC_AUTH = 2;
const PASSWORD_LENGTH = 8;

/**
 * Writes new passwords of the display server, as `-PasswordFile` wants them: the first is for nobody, the second lets
 * one look and nothing else. Letting viewers in by it has the display server itself ignore whatever they send, and keep
 * the clipboard from them, should the gateway's filter ever fail.
 */
export function writeDisplayPasswords(path: string): void {
  writeAtomic(path, Buffer.concat([newPassword(), newPassword()].map(obscure)), 0o600);
}

/** Signs in at the display server with the view-only password of this file. Throws when that is not possible. */
export async function signInToLook(display: Socket, passwordFile: string): Promise<void> {
  const ended = new AbortController();
  const end = () => ended.abort(new Error("the display hung up"));
  display.once("close", end);
  const timer = setTimeout(() => ended.abort(new Error("the display does not answer")), PATIENCE);
  const take = (length: number) => readBytes(display, length, ended.signal);
  try {
    if (!(await take(VERSION_8.length)).equals(VERSION_8)) throw new Error("unknown RFB version");
    display.write(VERSION_8);
    const count = (await take(1)).readUInt8();
    // What comes then is a reason in words.
    if (count === 0) throw new Error("the display takes nobody now");
    const types = await take(count);
    if (!types.includes(VNC_AUTH)) throw new Error("the display has no view-only password");
    display.write(Buffer.of(VNC_AUTH));
    const password = disclose(readFileSync(passwordFile).subarray(PASSWORD_LENGTH, 2 * PASSWORD_LENGTH));
    display.write(des(password, await take(16)));
    if ((await take(4)).readUInt32BE() !== 0) throw new Error("the display refuses the view-only password");
  } finally {
    clearTimeout(timer);
    display.off("close", end);
  }
}

/** Characters, since the display server reads the password as text. */
function newPassword(): Buffer {
  return Buffer.from(randomBytes(6).toString("base64url"));
}

/** The key with which VNC programs make passwords in files unreadable at a glance; it is no secret. */
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

/** Three times the same key makes triple DES the single DES that VNC wants and OpenSSL no longer has. */
function tripleKey(key: Buffer): Buffer {
  const mirrored = key.map(mirrorBits);
  return Buffer.concat([mirrored, mirrored, mirrored]);
}

/** VNC's DES takes the bits of each byte of a key in the other order. */
function mirrorBits(byte: number): number {
  return Number.parseInt([...byte.toString(2).padStart(8, "0")].reverse().join(""), 2);
}
