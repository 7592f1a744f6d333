import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, lstat, readdir, rename, unlink } from "node:fs/promises";
import type { Readable } from "node:stream";
import { type Folder, openFolder, unless, within } from "../confined/folder.ts";
import { UNFINISHED } from "./names.ts";
import { place } from "./place.ts";
import { Refused } from "./refusal.ts";

/** Concurrent unfinished uploads. */
const MOST_UNFINISHED = 1_000;
/** Milliseconds after which an abandoned upload is removed. */
const EXPIRY = 24 * 3600 * 1000;

/** What an upload's creation says about it; stored beside its bytes. */
export interface Plan {
  /** Bytes of the whole file. */
  readonly length: number;
  /** Folders and file below ~/Uploads. */
  readonly names: readonly string[];
}

/** An incomplete upload, as it is on the disk. */
export interface Unfinished extends Plan {
  /** Bytes that have arrived. */
  readonly offset: number;
}

/**
 * The unfinished uploads: a file with the bytes of each, and one with its plan. They survive restarts of the container.
 */
export class Store {
  readonly #uploads: string;

  /** `uploads` is the path of ~/Uploads. */
  constructor(uploads: string) {
    this.#uploads = uploads;
  }

  /** Creates an upload: an empty file, and its plan if it can be resumed. Returns its id. */
  async begin(plan: Plan, { resumable }: { resumable: boolean }): Promise<string> {
    const id = randomBytes(16).toString("hex");
    await this.#use(async (folder) => {
      if ((await readdir(folder.path)).length >= 2 * MOST_UNFINISHED)
        throw new Refused(503, `more than ${MOST_UNFINISHED} unfinished uploads: cancel at least one`);
      // The final mode; until then only this user may enter the folder.
      await (await folder.open(bytesOf(id), NEW, 0o644)).close();
      if (resumable) await write(folder, planOf(id), JSON.stringify(plan));
    });
    return id;
  }

  /** Undefined when it does not exist. */
  find(id: string): Promise<Unfinished | undefined> {
    return this.#use(async (folder) => {
      const plan = await read(folder, planOf(id));
      const bytes = await lstat(folder.at(bytesOf(id))).catch(unless("ENOENT"));
      return plan && bytes?.isFile() ? { ...plan, offset: bytes.size } : undefined;
    });
  }

  /** Opens the bytes of an upload for writing. */
  open(id: string): Promise<FileHandle> {
    return this.#use((folder) => folder.open(bytesOf(id), constants.O_WRONLY));
  }

  /** Reads the bytes of an upload. */
  async read(id: string): Promise<Readable> {
    const file = await this.#use((folder) => folder.open(bytesOf(id), constants.O_RDONLY));
    return file.createReadStream();
  }

  /** Moves a complete upload to ~/Uploads. Returns its final names. */
  finish(id: string, { names }: Plan): Promise<readonly string[]> {
    return within(openFolder(this.#uploads), (uploads) =>
      this.#use(async (folder) => {
        const placed = await place(uploads, names, folder.at(bytesOf(id)));
        await remove(folder, planOf(id));
        return placed;
      }),
    );
  }

  async remove(id: string): Promise<void> {
    await this.#use(async (folder) => {
      await remove(folder, planOf(id));
      await remove(folder, bytesOf(id));
    });
  }

  /** Removes uploads that are a day old and not `active`: resumable ones here, those of port 4902 in ~/Uploads. */
  async sweep(active: (id: string) => boolean, now = Date.now()): Promise<void> {
    await this.#use((folder) => sweep(folder, (name) => !active(name.replace(/\..*$/, "")), now));
    await within(openFolder(this.#uploads), (uploads) => sweep(uploads, isDropzonePart, now));
  }

  #use<T>(use: (folder: Folder) => Promise<T>): Promise<T> {
    const folder = within(openFolder(this.#uploads), (uploads) => uploads.enterOrMake(UNFINISHED, 0o700));
    return within(folder, use);
  }
}

/** Name of a file while port 4902 writes it. */
export function dropzonePart(name: string): string {
  return `.${name}.uploading`;
}

/** Whether this can be an upload's id; other texts are never used in file names. */
export function isId(text: string): boolean {
  return /^[0-9a-f]{32}$/.test(text);
}

const NEW = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;
const bytesOf = (id: string) => `${id}.part`;
const planOf = (id: string) => `${id}.json`;
const LONGEST_PLAN = 64 * 1024;

function isDropzonePart(name: string): boolean {
  return name.startsWith(".") && name.endsWith(".uploading");
}

/** Written atomically: a plan truncated by a crash would lose its upload. */
async function write(folder: Folder, name: string, content: string): Promise<void> {
  const draft = `${name}.new`;
  const file = await folder.open(draft, NEW, 0o600);
  await file.writeFile(content).finally(() => file.close());
  await rename(folder.at(draft), folder.at(name));
}

/** Undefined for an invalid plan: programs of the desktop can write here too. */
async function read(folder: Folder, name: string): Promise<Plan | undefined> {
  const file = await folder.open(name, constants.O_RDONLY).catch(unless("ENOENT", "ELOOP"));
  if (!file) return undefined;
  try {
    const { size } = await file.stat();
    return size > LONGEST_PLAN ? undefined : parsePlan(await file.readFile("utf8"));
  } finally {
    await file.close();
  }
}

function parsePlan(text: string): Plan | undefined {
  try {
    const { length, names } = JSON.parse(text);
    const isSound = Number.isSafeInteger(length) && length >= 0 && Array.isArray(names) && names.length > 0;
    return isSound && names.every((name) => typeof name === "string") ? { length, names } : undefined;
  } catch {
    return undefined;
  }
}

async function remove(folder: Folder, name: string): Promise<void> {
  await unlink(folder.at(name)).catch(unless("ENOENT"));
}

async function sweep(folder: Folder, isOurs: (name: string) => boolean, now: number): Promise<void> {
  for (const name of await readdir(folder.path)) {
    if (!isOurs(name)) continue;
    const entry = await lstat(folder.at(name)).catch(unless("ENOENT"));
    if (entry && !entry.isDirectory() && now - entry.mtimeMs > EXPIRY) await remove(folder, name);
  }
}
