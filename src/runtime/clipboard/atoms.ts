import type { XConnection } from "../x11/connect.ts";
import { internAtom } from "../x11/requests.ts";

const NAMES = [
  "CLIPBOARD",
  "PRIMARY",
  "CLIPBOARD_MANAGER",
  "TARGETS",
  "TIMESTAMP",
  "INCR",
  "UTF8_STRING",
  "STRING",
  "TEXT",
  "text/plain;charset=utf-8",
  "text/plain",
  "text/html",
  "image/png",
  "KASMIX_CLIPBOARD",
] as const;

/** The X server's numbers for the clipboard's names. */
export type Atoms = Readonly<Record<(typeof NAMES)[number], number>>;

export async function internAtoms(x: XConnection): Promise<Atoms> {
  const replies = await Promise.all(NAMES.map((name) => x.ask(internAtom(name))));
  return Object.fromEntries(NAMES.map((name, index) => [name, replies[index]?.readUInt32LE(8)])) as Atoms;
}

/** The supported types of content, by MIME type. */
export const TYPES = ["image/png", "text/html", "text/plain"] as const;
export type ClipboardType = (typeof TYPES)[number];

/** The X targets that we answer for each type. */
export const TARGETS: Readonly<Record<ClipboardType, readonly (keyof Atoms)[]>> = {
  "image/png": ["image/png"],
  "text/html": ["text/html"],
  "text/plain": ["UTF8_STRING", "text/plain;charset=utf-8", "text/plain", "TEXT", "STRING"],
};
