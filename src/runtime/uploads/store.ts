import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, lstat, readdir, rename, unlink } from "node:fs/promises";
import type { Readable } from "node:stream";
import { type Folder, openFolder, unless, within } from "../confined/folder.ts";
import { UNFINISHED } from "./names.ts";
import { place } from "./place.ts";
import { Refused } from "./refusal.ts";

/** Unfinished uploads at a time. */
const MOST_UNFINISHED = 1_000;
/** Milliseconds after which one that nobody went on with is removed. */
const EXPIRY = 24 * 3600 * 1000;

/** What is known of an upload from its beginning; kept beside its bytes. */
export interface Plan {
  /** Bytes of the whole file. */
  readonly length: number;
  /** Folders and file below ~/Uploads. */
  readonly names: readonly string[];
}

/** An upload that is not complete, as the disk has it. */
export interface Unfinished extends Plan {
  /** Bytes that have arrived. */
  readonly offset: number;
}

/** The uploads that are not complete: the bytes of each in a file, its plan beside it. They outlive the container. */
export class Store {
  readonly #uploads: string;

  /** `uploads` is the path of ~/Uploads. */
  constructor(uploads: string) {
    this.#uploads = uploads;
  }

  /** Begins an upload: an empty file, and its plan if it is to be gone on with. Gives its id. */
  async begin(plan: Plan, { resumable }: { resumable: boolean }): Promise<string> {
    const id = randomBytes(16).toString("hex");
    await this.#use(async (folder) => {
      if ((await readdir(folder.path)).length >= 2 * MOST_UNFINISHED)
        throw new Refused(503, `more than ${MOST_UNFINISHED} unfinished uploads: cancel some`);
      // As the file will be in the end; until then its folder is nobody else's.
      await (await folder.open(bytesOf(id), NEW, 0o644)).close();
      if (resumable) await write(folder, planOf(id), JSON.stringify(plan));
    });
    return id;
  }

  /** Undefined for one that does not exist, any more. */
  find(id: string): Promise<Unfinished | undefined> {
    return this.#use(async (folder) => {
      const plan = await read(folder, planOf(id));
      const bytes = await lstat(folder.at(bytesOf(id))).catch(unless("ENOENT"));
      return plan && bytes?.isFile() ? { ...plan, offset: bytes.size } : undefined;
    });
  }

  /** Opens the bytes of an upload, to add to them. */
  open(id: string): Promise<FileHandle> {
    return this.#use((folder) => folder.open(bytesOf(id), constants.O_WRONLY));
  }

  /** Reads the bytes of an upload. */
  async read(id: string): Promise<Readable> {
    const file = await this.#use((folder) => folder.open(bytesOf(id), constants.O_RDONLY));
    return file.createReadStream();
  }

  /** Puts a complete upload in its place and forgets it. Gives the names that it got. */
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

  /** Removes what nobody has gone on with for a day, other than `active`: here, and of port 4902 in ~/Uploads. */
  async sweep(active: (id: string) => boolean, now = Date.now()): Promise<void> {
    await this.#use((folder) => sweep(folder, (name) => !active(name.replace(/\..*$/, "")), now));
    await within(openFolder(this.#uploads), (uploads) => sweep(uploads, isDropzonePart, now));
  }

  #use<T>(use: (folder: Folder) => Promise<T>): Promise<T> {
    const folder = within(openFolder(this.#uploads), (uploads) => uploads.enterOrMake(UNFINISHED, 0o700));
    return within(folder, use);
  }
}

/** How a file is called while port 4902 writes it. */
export function dropzonePart(name: string): string {
  return `.${name}.uploading`;
}

/** Whether this can be the id of an upload; nothing else gets near a file name. */
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

/** Whole or not at all: a plan cut short by a crash would lose its upload. */
async function write(folder: Folder, name: string, content: string): Promise<void> {
  const draft = `${name}.new`;
  const file = await folder.open(draft, NEW, 0o600);
  await file.writeFile(content).finally(() => file.close());
  await rename(folder.at(draft), folder.at(name));
}

/** Programs of the desktop can write here too: what is no plan is none. */
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
