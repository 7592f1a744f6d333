import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/** Stands for a user's name and password. */
export interface Digest {
  readonly salt: Buffer;
  readonly value: Buffer;
}

/** A digest under a new salt. */
export function digestOf(name: string, password: string): Digest {
  const salt = randomBytes(32);
  return { salt, value: compute(salt, name, password) };
}

/** A digest that no password has. */
export function digestOfNothing(): Digest {
  return { salt: randomBytes(32), value: randomBytes(32) };
}

/** Takes the same time for every name and password of the same length. */
export function matches({ salt, value }: Digest, name: string, password: string): boolean {
  return timingSafeEqual(value, compute(salt, name, password));
}

const LINE = /^sha256:([\w-]{43}):([\w-]{43})$/;

/** The digest as a line of text, without a line break. */
export function renderDigest({ salt, value }: Digest): string {
  return ["sha256", salt.toString("base64url"), value.toString("base64url")].join(":");
}

/** The digest that a line renders; undefined for another text. */
export function parseDigest(text: string): Digest | undefined {
  const [, salt, value] = LINE.exec(text) ?? [];
  if (salt === undefined || value === undefined) return undefined;
  return { salt: Buffer.from(salt, "base64url"), value: Buffer.from(value, "base64url") };
}

/**
 * A quick hash, because each request with a password needs it: strangers could keep the gateway busy with a slow one.
 * Digests of chosen passwords never leave the memory of this process; only those of generated ones are written, which
 * nobody can guess.
 */
function compute(salt: Buffer, name: string, password: string): Buffer {
  return createHmac("sha256", salt).update(`${name}:${password}`).digest();
}
