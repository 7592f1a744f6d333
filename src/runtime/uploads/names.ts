import { isName, LONGEST_NAME } from "../confined/folder.ts";
import { Refused } from "./refusal.ts";

/** Where uploads lie until they are complete: a folder in ~/Uploads, so that they are in its file system. */
export const UNFINISHED = ".kasmix-uploads";

const DEEPEST = 64;

/**
 * The names of the folders and of the file that an upload asks for, by a path such as `photos/2024/a.jpg`. What would
 * lead anywhere else is refused. Names too long for Linux are shortened, and characters that would hide what a name is
 * are replaced: control characters, and those that turn the direction of writing.
 */
export function namesOf(path: string): readonly string[] {
  const names = path.split("/");
  if (names.length > DEEPEST) throw new Refused(400, `more than ${DEEPEST} folders deep`);
  if (names.some((name) => name === "" || name === "." || name === ".." || name.includes("\0")))
    throw new Refused(400, `no name for a file: ${JSON.stringify(path)}`);
  if (names[0] === UNFINISHED) throw new Refused(400, `${UNFINISHED} is taken`);
  return names.map((name) => shorten(name.replace(HIDING, "_")));
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: it is them that are looked for
const HIDING = /[\u0001-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]/gu;

/** The names to try, in order, for a file that must not replace another: `a.pdf`, `a (1).pdf`, `a (2).pdf` ... */
export function* candidates(name: string): Generator<string> {
  yield name;
  for (let count = 1; count < MOST_ALIKE; count++) yield shorten(name, ` (${count})`);
}

const MOST_ALIKE = 10_000;

/** A name with `mark` before its extension, and so much less of it that Linux takes it. */
function shorten(name: string, mark = ""): string {
  const { stem, extension } = split(name);
  const rest = LONGEST_NAME - Buffer.byteLength(mark + extension);
  const short = `${cut(stem, rest)}${mark}${extension}`;
  if (!isName(short)) throw new Refused(400, `no name for a file: ${JSON.stringify(name)}`);
  return short;
}

/** A dot at the beginning hides a file; what follows it is no extension. Nor is anything long. */
function split(name: string): { stem: string; extension: string } {
  const extension = /^.+?((?:\.tar)?\.[^.]{1,16})$/su.exec(name)?.[1] ?? "";
  return { stem: name.slice(0, name.length - extension.length), extension };
}

/** The beginning of a text that takes at most so many bytes, without half a character at its end. */
function cut(text: string, bytes: number): string {
  const encoded = Buffer.from(text);
  if (encoded.length <= bytes) return text;
  let end = bytes;
  while (((encoded[end] ?? 0) & 0xc0) === 0x80) end--;
  return encoded.toString("utf8", 0, end);
}
