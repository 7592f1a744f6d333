import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { type Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as pause } from "node:timers/promises";
import { KasmixError } from "../model/error.ts";
import { askThrough, discard, reasonOf, type Web } from "../net/http.ts";

/** A file to download, identified by its content. */
export interface Wanted {
  /** Its name in messages. */
  readonly label: string;
  /** Addresses to try, in order. */
  readonly urls: readonly string[];
  /** Bytes. */
  readonly size: number;
  readonly sha256: string;
}

/** How a download ended, unless the file was wrong. */
export type Outcome =
  | { readonly kind: "done" }
  /** At least one host answered that it does not have the file, and no other has it. */
  | { readonly kind: "vanished" }
  /** No host answered; the reason for each host. */
  | { readonly kind: "unreachable"; readonly reasons: ReadonlyMap<string, string> };

const ATTEMPTS = 3;

/**
 * Downloads a file to `target`, which is created only when it is complete and has the right hash. `unreachable` collects
 * the hosts that did not answer, so that they are not asked again for other files. Throws E_FETCH where a host sends
 * something else, and the reason of `signal` when that is aborted.
 */
export async function download(
  wanted: Wanted,
  target: string,
  options: {
    web: Web;
    unreachable: Map<string, string>;
    onBytes: (bytes: number) => void;
    signal: AbortSignal;
  },
): Promise<Outcome> {
  if (await isIntact(target, wanted)) {
    options.onBytes(wanted.size);
    return { kind: "done" };
  }
  const part = `${target}.${process.pid}.part`;
  let missing = false;
  for (const url of wanted.urls) {
    const { host } = new URL(url);
    if (options.unreachable.has(host)) continue;
    const got = await persist(() => fetchInto(part, url, wanted, options), options.signal);
    if (got === true) {
      await rename(part, target);
      return { kind: "done" };
    }
    if (got instanceof Error) options.unreachable.set(host, reasonOf(got));
    else missing = true;
  }
  return missing ? { kind: "vanished" } : { kind: "unreachable", reasons: options.unreachable };
}

/** Retries when the connection fails; returns the last failure instead of throwing it. */
async function persist(attempt: () => Promise<boolean>, signal: AbortSignal): Promise<boolean | Error> {
  let failure = new Error("not tried");
  for (let attempts = 1; attempts <= ATTEMPTS; attempts++) {
    try {
      return await attempt();
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof KasmixError || !(error instanceof Error)) throw error;
      if (isLocal(error)) throw unwritable(error);
      failure = error;
      if (attempts < ATTEMPTS) await pause(250 * 2 ** attempts, undefined, { signal }).catch(() => {});
    }
  }
  return failure;
}

/** Whether the address has the file; if so, it is in `part` and has the right hash. */
async function fetchInto(
  part: string,
  url: string,
  wanted: Wanted,
  { web, onBytes, signal }: { web: Web; onBytes: (bytes: number) => void; signal: AbortSignal },
): Promise<boolean> {
  const { answer } = await askThrough(web, new URL(url), { signal });
  const { statusCode: status, body } = answer;
  if (status !== 200) discard(answer);
  if (status === 404 || status === 410) return false;
  if (status !== 200) throw new Error(`it answered ${status}`);
  const counted = { bytes: 0 };
  try {
    await mkdir(dirname(part), { recursive: true });
    const digest = await save(
      body,
      part,
      (bytes) => {
        counted.bytes += bytes;
        onBytes(bytes);
        // Not read to its end: a host could send for ever and fill the disk.
        return counted.bytes > wanted.size ? tooLong(url, wanted) : undefined;
      },
      signal,
    );
    if (counted.bytes !== wanted.size || digest !== wanted.sha256)
      throw mismatch(url, wanted, counted.bytes, digest);
    return true;
  } catch (error) {
    onBytes(-counted.bytes);
    await rm(part, { force: true });
    throw error;
  }
}

/** Saves a body, until `onBytes` gives an error. Returns the SHA-256. */
async function save(
  body: Readable,
  part: string,
  onBytes: (bytes: number) => Error | undefined,
  signal: AbortSignal,
): Promise<string> {
  const hash = createHash("sha256");
  const tap = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      const error = onBytes(chunk.length);
      if (error) done(error);
      else done(null, chunk);
    },
  });
  await pipeline(body, tap, createWriteStream(part), { signal });
  return hash.digest("hex");
}

function tooLong(url: string, { label, size }: Wanted): KasmixError {
  return new KasmixError(
    "E_FETCH",
    `${label} from ${new URL(url).host} is longer than the ${size} bytes in the lock.`,
    {
      fix: "The file was deleted. Try again, or set KASMIX_DEBIAN_MIRROR to another mirror.",
    },
  );
}

function mismatch(url: string, wanted: Wanted, size: number, sha256: string): KasmixError {
  const lines = [
    `${wanted.label} from ${new URL(url).host} is not the file in the lock:`,
    `  expected ${wanted.size} bytes, sha256 ${wanted.sha256}`,
    `  got      ${size} bytes, sha256 ${sha256}`,
  ];
  return new KasmixError("E_FETCH", lines.join("\n"), {
    fix: "The file was deleted. Try again, or set KASMIX_DEBIAN_MIRROR to another mirror. If that does not help, the lock may have been edited by hand: restore it from git.",
  });
}

/** Whether a complete file with the right hash is left from an earlier run. */
async function isIntact(path: string, { size, sha256 }: Wanted): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  if (found?.size !== size) return false;
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest("hex") === sha256;
}

/** Whether a failure comes from this machine's disk and not from the network. */
function isLocal(error: NodeJS.ErrnoException): boolean {
  return ["ENOSPC", "EDQUOT", "EACCES", "EROFS", "EIO", "ENOTDIR", "EEXIST", "EISDIR"].includes(
    error.code ?? "",
  );
}

function unwritable(error: NodeJS.ErrnoException): KasmixError {
  return new KasmixError("E_MACHINE", `A downloaded file cannot be written: ${error.message}`, {
    fix: "Free space or allow writing there, or set XDG_CACHE_HOME to another folder, and run the command again.",
    cause: error,
  });
}
