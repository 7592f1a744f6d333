import { readFile, realpath } from "node:fs/promises";
import { join, sep } from "node:path";
import { KasmixError } from "../model/error.ts";
import { parseUrl } from "../model/parse-url.ts";
import { askThrough, discard, openWeb, readBody, reasonOf } from "../net/http.ts";

/** A published registry, in a folder or at an address. */
export interface Source {
  readonly name: string;
  /** Whether it is another's: nothing of its content is shown, and it is read within limits. */
  readonly isForeign: boolean;
  /** Why nothing more is read from it, once a limit for the whole is reached. */
  spent(): string | undefined;
  /** Content of a file below it, `undefined` if it does not exist. Throws E_PUBLISH when reading fails. */
  read(path: string): Promise<Buffer | undefined>;
}

/** Bytes of the largest file that a server may send, and of all files together. */
const [LIMIT, LIMIT_OF_ALL] = [20 * 1024 ** 2, 256 * 1024 ** 2];
/** Milliseconds that a server may take for a file. */
const PATIENCE = 30_000;
/** Milliseconds that a server may take in all. */
const PATIENCE_FOR_ALL = 120_000;

export interface SourceOptions {
  readonly signal?: AbortSignal;
  /** Milliseconds that a server may take in all. @default 120000 */
  readonly patience?: number;
}

/**
 * The registry at a folder or an address (http or https).
 * @throws KasmixError E_USAGE for an invalid address
 */
export function openSource(place: string, options: SourceOptions = {}): Source {
  if (!/^https?:\/\//i.test(place)) return fromFolder(place);
  if (parseUrl(place)) return fromAddress(place, options);
  throw new KasmixError("E_USAGE", `"${place}" is not a valid address.`, {
    fix: "For example: https://example.org/kasm/",
  });
}

function fromFolder(folder: string): Source {
  return {
    name: folder,
    isForeign: false,
    spent: () => undefined,
    async read(path) {
      try {
        const [root, file] = await Promise.all([realpath(folder), realpath(join(folder, path))]);
        return file.startsWith(root + sep) ? await readFile(file) : undefined;
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === "ENOENT" || code === "ENOTDIR") return undefined;
        throw unreadable(join(folder, path), error);
      }
    },
  };
}

function fromAddress(address: string, { signal, patience = PATIENCE_FOR_ALL }: SourceOptions): Source {
  const root = address.endsWith("/") ? address : `${address}/`;
  const web = openWeb();
  const whole = AbortSignal.timeout(patience);
  let left = LIMIT_OF_ALL;
  return {
    name: address,
    isForeign: true,
    spent: () =>
      whole.aborted ? "the server takes too long" : left <= 0 ? "they are too large together" : undefined,
    async read(path) {
      const url = new URL(path.split("/").map(encodeURIComponent).join("/"), root);
      const ends = [whole, AbortSignal.timeout(PATIENCE), ...(signal ? [signal] : [])];
      try {
        const { answer } = await askThrough(web, url, { signal: AbortSignal.any(ends) });
        const status = answer.statusCode;
        if (status >= 200 && status < 300) {
          const content = await readBody(answer, LIMIT);
          left -= content.length;
          return content;
        }
        discard(answer);
        if (status === 404) return undefined;
        throw new Error(`the server answers ${status}`);
      } catch (error) {
        signal?.throwIfAborted();
        // The path may hold a name from its list.
        throw unreadable(address, error);
      }
    },
  };
}

function unreadable(what: string, error: unknown): KasmixError {
  return new KasmixError("E_PUBLISH", `${what} cannot be read: ${reasonOf(error)}`, { cause: error });
}
