import { isOwn } from "../answer.ts";

/** An upload that an earlier visit began. It continues when the same file is chosen again. */
export interface Unfinished {
  /** Folders and name, `photos/2024/a.jpg`. */
  readonly path: string;
  /** Bytes of the file, and those already on the server. */
  readonly size: number;
  readonly done: number;
  /** Removes the partial file from the server. */
  discard(): Promise<void>;
}

/** Functions of the browser this needs. */
export interface UnfinishedOptions {
  /** Address of the server's uploads. */
  readonly endpoint: string;
  readonly storage: () => Storage;
  /** Fingerprints of files that other tabs are uploading. */
  readonly underWay: () => Promise<ReadonlySet<string>>;
}

/** The key of an upload: in tus-js-client's storage, and among the locks of other tabs. */
export function fingerprintOf(
  endpoint: string,
  path: string,
  file: Pick<File, "size" | "lastModified">,
): string {
  return `${prefixOf(endpoint)}${path}:${file.size}:${file.lastModified}`;
}

/** Unfinished uploads that the server still has; the others are forgotten. */
export async function findUnfinished(options: UnfinishedOptions): Promise<Unfinished[]> {
  const stored = readStored(options);
  if (stored.length === 0) return [];
  // Asking about an upload of another tab would interrupt it.
  const underWay = await options.underWay();
  const asked = stored.filter(({ fingerprint }) => !underWay.has(fingerprint)).map(askFor);
  return (await Promise.all(asked)).flat();
}

interface Stored {
  readonly fingerprint: string;
  readonly path: string;
  readonly size: number;
  readonly url: string;
  forget(): void;
}

function readStored({ endpoint, storage }: UnfinishedOptions): Stored[] {
  try {
    const kept = storage();
    const start = `tus::${prefixOf(endpoint)}`;
    const keys = Array.from({ length: kept.length }, (_, index) => kept.key(index) ?? "");
    return keys.filter((key) => key.startsWith(start)).flatMap((key) => readOne(kept, key));
  } catch {
    return [];
  }
}

/** The format of tus-js-client, under the fingerprint and a number: the address and the file. */
function readOne(kept: Storage, key: string): Stored[] {
  const fingerprint = key.slice("tus::".length, key.lastIndexOf("::"));
  const { uploadUrl: url, size, metadata } = JSON.parse(kept.getItem(key) ?? "{}");
  const path: unknown = metadata?.relativePath;
  if (typeof url !== "string" || typeof size !== "number" || typeof path !== "string") return [];
  return [{ fingerprint, path, size, url, forget: () => kept.removeItem(key) }];
}

async function askFor({ path, size, url, forget }: Stored): Promise<Unfinished[]> {
  const ask = (method: string) => fetch(url, { method, headers: { "Tus-Resumable": "1.0.0" } });
  try {
    const answer = await ask("HEAD");
    // A proxy's 404 says nothing about the upload.
    if (!isOwn(answer)) return [];
    const done = Number(answer.headers.get("Upload-Offset") ?? Number.NaN);
    if (answer.ok && done < size) {
      const discard = async () => {
        forget();
        await ask("DELETE").catch(() => {});
      };
      return [{ path, size, done, discard }];
    }
    if (answer.ok || answer.status === 404) forget();
  } catch {
    // The server does not answer; the next visit asks again.
  }
  return [];
}

function prefixOf(endpoint: string): string {
  return `kasmix-upload:${endpoint}:`;
}
