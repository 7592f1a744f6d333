/** A file to upload, and its folders. */
export interface Wanted {
  readonly file: File;
  /** Folders and name, `photos/2024/a.jpg`. */
  readonly path: string;
}

/**
 * The files of a drop, including those in folders. The entries are taken during the event; reading them may take
 * longer.
 */
export function gatherDropped(data: DataTransfer): Promise<Wanted[]> {
  const items = [...data.items].filter(({ kind }) => kind === "file");
  const entries = items.map((item) => item.webkitGetAsEntry?.() ?? null);
  // Content dragged from other pages is not a file system entry.
  const plain = items.flatMap((item, index) => (entries[index] === null ? (item.getAsFile() ?? []) : []));
  return collect(entries, gatherFiles(plain));
}

/** Chosen or pasted files; those of a chosen folder know their path. */
export function gatherFiles(files: Iterable<File>): Wanted[] {
  return [...files].map((file) => ({ file, path: file.webkitRelativePath || file.name }));
}

/**
 * The files of a clipboard, without a lone picture that has no file of its own: programs on the desktop paste that.
 */
export function gatherPasted(data: DataTransfer | null): Wanted[] {
  const files = [...(data?.files ?? [])];
  const isPicture = files.length === 1 && files[0]?.type === "image/png" && files[0].name === "image.png";
  return isPicture ? [] : gatherFiles(files);
}

async function collect(entries: readonly (FileSystemEntry | null)[], found: Wanted[]): Promise<Wanted[]> {
  for (const entry of entries) {
    if (isFile(entry)) found.push({ file: await fileOf(entry), path: entry.fullPath.slice(1) });
    else if (isFolder(entry)) await collect(await readAll(entry.createReader()), found);
  }
  return found;
}

function isFile(entry: FileSystemEntry | null): entry is FileSystemFileEntry {
  return entry?.isFile === true;
}

function isFolder(entry: FileSystemEntry | null): entry is FileSystemDirectoryEntry {
  return entry?.isDirectory === true;
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

/** Browsers return up to a hundred entries at a time, and none at the end. */
async function readAll(reader: FileSystemDirectoryReader): Promise<FileSystemEntry[]> {
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return all;
    all.push(...some);
  }
}
