import { constants } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { type Folder, unless, within } from "../confined/folder.ts";
import { makeHomeFolder } from "../confined/home-folder.ts";
import { openBelow } from "../confined/resolve.ts";
import type { Log } from "../log/log.ts";
import { checkSize } from "../uploads/limit.ts";
import { candidates } from "../uploads/names.ts";

/** Folder of the recordings in the home: the panel offers its files. */
export const RECORDINGS = "Downloads";

/** Where recordings are put. */
export interface Shelf {
  /** Throws if there is no folder, or too little room. */
  check(): Promise<void>;
  /** Makes an empty file that only its user may read. It has the time as its name, and replaces no other. */
  create(): Promise<{ readonly file: FileHandle; readonly name: string }>;
}

/** Bytes that have to fit: what is recorded in a second, and the index. */
const ROOM = 32 * 1024 ** 2;

/** ~/Downloads, which may be a link to another folder of the home. */
export function createShelf(home: string, log: Log): Shelf {
  const open = async (): Promise<Folder> => {
    makeHomeFolder(home, RECORDINGS, log);
    const opened = await openBelow(home, RECORDINGS);
    if (opened?.kind === "folder") return opened.folder;
    await opened?.file.close();
    throw new Error(`~/${RECORDINGS} is not a folder of the home`);
  };
  return {
    check: () => within(open(), ({ path }) => checkSize(ROOM, { limit: undefined, folder: path })),
    create: () => within(open(), (folder) => makeFile(folder, `Recording ${renderTime(new Date())}.mp4`)),
  };
}

async function makeFile(folder: Folder, wanted: string) {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;
  for (const name of candidates(wanted)) {
    const file = await folder.open(name, flags, 0o600).catch(unless("EEXIST"));
    if (file) return { file, name };
  }
  throw new Error(`~/${RECORDINGS} has too many files named ${wanted}`);
}

/** Such as 2026-11-29 21.05.12, in the container's time zone. */
function renderTime(time: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const day = [time.getFullYear(), time.getMonth() + 1, time.getDate()].map(two).join("-");
  return `${day} ${[time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(".")}`;
}
