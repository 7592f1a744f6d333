import { isName, LONGEST_NAME } from "../confined/folder.ts";
import { Refused } from "./refusal.ts";

/** Folder of unfinished uploads, in ~/Uploads so that it is in the same file system. */
export const UNFINISHED = ".kasmix-uploads";

const DEEPEST = 64;

/**
 * The names of folders and file in the path of an upload, such as `photos/2024/a.jpg`. Paths that lead elsewhere are
 * refused. Names too long for Linux are shortened; control characters and those that change the writing direction,
 * which could disguise a name, are replaced.
 */
export function namesOf(path: string): readonly string[] {
  const names = path.split("/");
  if (names.length > DEEPEST) throw new Refused(400, `more than ${DEEPEST} nested folders`);
  if (names.some((name) => name === "" || name === "." || name === ".." || name.includes("\0")))
    throw new Refused(400, `invalid file name: ${JSON.stringify(path)}`);
  if (names[0] === UNFINISHED) throw new Refused(400, `${UNFINISHED} is reserved for unfinished uploads`);
  return names.map((name) => shorten(name.replace(HIDING, "_")));
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this matches
const HIDING = /[\u0001-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]/gu;

/** Names to try, in order, for a file that must not replace another: `a.pdf`, `a (1).pdf`, `a (2).pdf` ... */
export function* candidates(name: string): Generator<string> {
  yield name;
  for (let count = 1; count < MOST_ALIKE; count++) yield shorten(name, ` (${count})`);
}

const MOST_ALIKE = 10_000;

/** A name with `mark` before its extension, shortened to the length that Linux allows. */
function shorten(name: string, mark = ""): string {
  const { stem, extension } = split(name);
  const rest = LONGEST_NAME - Buffer.byteLength(mark + extension);
  const short = `${cut(stem, rest)}${mark}${extension}`;
  if (!isName(short)) throw new Refused(400, `invalid file name: ${JSON.stringify(name)}`);
  return short;
}

/** The part after a leading dot, which only hides a file, is not an extension; nor is a long part. */
function split(name: string): { stem: string; extension: string } {
  const extension = /^.+?((?:\.tar)?\.[^.]{1,16})$/su.exec(name)?.[1] ?? "";
  return { stem: name.slice(0, name.length - extension.length), extension };
}

/** The longest beginning of a text within so many bytes, cut between characters. */
function cut(text: string, bytes: number): string {
  const encoded = Buffer.from(text);
  if (encoded.length <= bytes) return text;
  let end = bytes;
  while (((encoded[end] ?? 0) & 0xc0) === 0x80) end--;
  return encoded.toString("utf8", 0, end);
}
