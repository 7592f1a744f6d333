import { createHash } from "node:crypto";

/** Nix's store; Nix's own tools read the same variable. */
export const STORE = process.env.NIX_STORE_DIR ?? "/nix/store";

/** A package file's name in the Nix store: the last part of its path, in the characters that Nix allows. */
export function storeName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1).replaceAll(/[^A-Za-z0-9+._?=-]/g, "_");
}

/**
 * The store path of a file that is addressed by its SHA-256 (64 hexadecimal digits): what
 * `nix-store --print-fixed-path sha256 <hash> <name>` says, without a process for each.
 */
export function fixedStorePath(sha256: string, name: string, store: string = STORE): string {
  const inner = createHash("sha256").update(`fixed:out:sha256:${sha256}:`).digest("hex");
  const outer = createHash("sha256").update(`output:out:sha256:${inner}:${store}:${name}`).digest();
  return `${store}/${nixBase32(fold(outer, 20))}-${name}`;
}

/** Shortens a hash to `length` bytes by exclusive or, as Nix does. */
function fold(hash: Uint8Array, length: number): Uint8Array {
  const folded = new Uint8Array(length);
  hash.forEach((byte, index) => {
    folded[index % length] = (folded[index % length] ?? 0) ^ byte;
  });
  return folded;
}

const DIGITS = "0123456789abcdfghijklmnpqrsvwxyz";

/** Nix's base 32: five bits a digit, the last bits of the number first. */
function nixBase32(bytes: Uint8Array): string {
  const count = Math.ceil((bytes.length * 8) / 5);
  const digit = (position: number) => {
    const byte = Math.floor((position * 5) / 8);
    const word = (bytes[byte] ?? 0) | ((bytes[byte + 1] ?? 0) << 8);
    return DIGITS[(word >> ((position * 5) % 8)) & 31] ?? "";
  };
  return Array.from({ length: count }, (_, index) => digit(count - 1 - index)).join("");
}
