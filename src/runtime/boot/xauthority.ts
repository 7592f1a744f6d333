import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { writeAtomic } from "../../files/write-atomic.ts";

const ANY_HOST = 0xffff;
const COOKIE = "MIT-MAGIC-COOKIE-1";

/**
 * Makes a new X cookie for a display and writes it to every given authority file; entries of other displays stay. The
 * entry is valid for any host name, because a container's may change.
 */
export function writeXauthority(paths: readonly string[], display: number): void {
  const entry = encodeEntry({ family: ANY_HOST, number: String(display), data: randomBytes(16) });
  for (const path of paths) {
    const others = otherEntries(readIfThere(path), String(display));
    writeAtomic(path, Buffer.concat([entry, ...others]), 0o600);
  }
}

/** The cookie of a display in an authority file; empty if there is none. */
export function readCookie(path: string, display: number): Buffer {
  const file = readIfThere(path);
  return entriesOf(file).find(({ number }) => number === String(display))?.data ?? Buffer.alloc(0);
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

/** The entries of an authority file for other displays. */
function otherEntries(file: Buffer, display: string): Buffer[] {
  return entriesOf(file).flatMap(({ number, bytes }) => (number === display ? [] : [bytes]));
}

interface Entry {
  readonly number: string;
  readonly data: Buffer;
  readonly bytes: Buffer;
}

/** All entries of an authority file; a broken tail is dropped. */
function entriesOf(file: Buffer): Entry[] {
  const entries: Entry[] = [];
  for (let start = 0; start + 2 <= file.length; ) {
    const fields: Buffer[] = [];
    let end = start + 2;
    while (fields.length < 4) {
      if (end + 2 > file.length) return entries;
      const length = file.readUInt16BE(end);
      fields.push(file.subarray(end + 2, end + 2 + length));
      end += 2 + length;
    }
    if (end > file.length) return entries;
    const [, number = Buffer.alloc(0), , data = Buffer.alloc(0)] = fields;
    entries.push({ number: number.toString("latin1"), data, bytes: file.subarray(start, end) });
    start = end;
  }
  return entries;
}

function readIfThere(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch {
    return Buffer.alloc(0);
  }
}
