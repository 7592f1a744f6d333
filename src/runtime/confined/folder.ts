import { constants } from "node:fs";
import { type FileHandle, mkdir, open } from "node:fs/promises";

/**
 * An open directory. Names in it are looked up in this very directory, as by openat(2), even when its path changes or links
 * are swapped meanwhile.
 */
export class Folder {
  readonly #handle: FileHandle;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  /** A path to this directory, for functions that take paths. Valid until it is closed. */
  get path(): string {
    return `/proc/self/fd/${this.#handle.fd}`;
  }

  /** A path to an entry. The last component is not protected: the caller must not follow links. */
  at(name: Name): Buffer {
    assertName(name);
    return Buffer.concat([Buffer.from(`${this.path}/`), Buffer.from(name)]);
  }

  /** Opens a directory in it. A link fails with ENOTDIR or ELOOP. */
  async enter(name: Name): Promise<Folder> {
    return new Folder(await open(this.at(name), DIRECTORY));
  }

  /** Opens a directory in it, and makes it if there is no entry of that name. */
  async enterOrMake(name: Name, mode = 0o755): Promise<Folder> {
    await mkdir(this.at(name), { mode }).catch(unless("EEXIST"));
    return this.enter(name);
  }

  /** Opens a file in it, never through a link. `flags` are those of open(2). */
  async open(name: Name, flags: number, mode = 0o644): Promise<FileHandle> {
    // Without O_NONBLOCK opening a pipe would wait for a writer.
    return open(this.at(name), flags | constants.O_NOFOLLOW | constants.O_NONBLOCK, mode);
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

/** A name in a directory: text, or bytes if it is not UTF-8. */
export type Name = string | Buffer;

const DIRECTORY = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;

/** Opens a directory by its path; the last component must not be a link. */
export async function openFolder(path: string): Promise<Folder> {
  return new Folder(await open(path, DIRECTORY));
}

/** Passes an open folder to `use` and closes it afterwards. */
export async function within<T>(folder: Promise<Folder>, use: (folder: Folder) => Promise<T>): Promise<T> {
  const open = await folder;
  try {
    return await use(open);
  } finally {
    await open.close();
  }
}

/** Opens a directory by its names below `root`, none of which may be a link. */
export async function descend(root: Folder, names: readonly Name[]): Promise<Folder> {
  let folder = await openFolder(`${root.path}/.`);
  for (const name of names) {
    const upper = folder;
    folder = await upper.enter(name).finally(() => upper.close());
  }
  return folder;
}

/** Whether this can be the name of an entry: not a path, not ".", not "..". */
export function isName(name: Name): boolean {
  const bytes = Buffer.from(name);
  const isSpecial = bytes.equals(DOT) || bytes.equals(DOTS);
  return (
    bytes.length > 0 &&
    bytes.length <= LONGEST_NAME &&
    !isSpecial &&
    !bytes.includes(0x2f) &&
    !bytes.includes(0)
  );
}

const DOT = Buffer.from(".");
const DOTS = Buffer.from("..");

/** Most bytes of a name in Linux. */
export const LONGEST_NAME = 255;

/** For `catch`: ignores errors with these codes. */
export function unless(...codes: readonly string[]): (error: NodeJS.ErrnoException) => undefined {
  return (error) => {
    if (!codes.includes(error.code ?? "")) throw error;
    return undefined;
  };
}

function assertName(name: Name): void {
  if (!isName(name))
    throw Object.assign(new Error(`not a name in a folder: ${JSON.stringify(String(name))}`), NO_NAME);
}

const NO_NAME = { code: "EINVAL" };
