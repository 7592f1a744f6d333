import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { writeAtomic } from "./files.ts";

const ANY_HOST = 0xffff;
const COOKIE = "MIT-MAGIC-COOKIE-1";

/**
 * Makes a new X cookie for a display and writes it to every given authority file, leaving other displays'
 * entries as they are. The entry is valid for any host name: a container's may change.
 */
export function writeXauthority(paths: readonly string[], display: number): void {
  const entry = encodeEntry({ family: ANY_HOST, number: String(display), data: randomBytes(16) });
  for (const path of paths) {
    const others = otherEntries(readIfThere(path), String(display));
    writeAtomic(path, Buffer.concat([entry, ...others]), 0o600);
  }
}

function encodeEntry({ family, number, data }: { family: number; number: string; data: Buffer }): Buffer {
  const head = Buffer.alloc(2);
  head.writeUInt16BE(family);
  const fields = [Buffer.alloc(0), Buffer.from(number), Buffer.from(COOKIE), data];
  return Buffer.concat([head, ...fields.flatMap((field) => [lengthOf(field), field])]);
}

function lengthOf(field: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(field.length);
  return length;
}

/** The entries of an authority file that are for another display; a broken tail is dropped. */
function otherEntries(file: Buffer, display: string): Buffer[] {
  const kept: Buffer[] = [];
  for (let start = 0; start + 2 <= file.length; ) {
    let end = start + 2;
    let number = "";
    for (let field = 0; field < 4; field += 1) {
      if (end + 2 > file.length) return kept;
      const length = file.readUInt16BE(end);
      if (field === 1) number = file.toString("latin1", end + 2, end + 2 + length);
      end += 2 + length;
    }
    if (end > file.length) return kept;
    if (number !== display) kept.push(file.subarray(start, end));
    start = end;
  }
  return kept;
}

function readIfThere(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch {
    return Buffer.alloc(0);
  }
}
