import { readFile, realpath } from "node:fs/promises";
import { join, sep } from "node:path";
import { KasmixError } from "../model/error.ts";
import { parseUrl } from "../model/parse-url.ts";
import { askThrough, discard, openWeb, readBody, reasonOf } from "../net/http.ts";

/** A published registry, in a folder or at an address. */
export interface Source {
  readonly name: string;
  /** Content of a file below it, `undefined` if it does not exist. Throws E_PUBLISH when reading fails. */
  read(path: string): Promise<Buffer | undefined>;
}

/** Bytes of the largest file that a server may send. */
const LIMIT = 20 * 1024 ** 2;
/** Milliseconds that a server may take for a file. */
const PATIENCE = 30_000;

/**
 * The registry at a folder or an address (http or https).
 * @throws KasmixError E_USAGE for an invalid address
 */
export function openSource(place: string, signal?: AbortSignal): Source {
  if (!/^https?:\/\//i.test(place)) return fromFolder(place);
  if (parseUrl(place)) return fromAddress(place, signal);
  throw new KasmixError("E_USAGE", `"${place}" is not a valid address.`, {
    fix: "For example: https://example.org/kasm/",
  });
}

function fromFolder(folder: string): Source {
  return {
    name: folder,
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

function fromAddress(address: string, signal?: AbortSignal): Source {
  const root = address.endsWith("/") ? address : `${address}/`;
  const web = openWeb();
  return {
    name: address,
    async read(path) {
      const url = new URL(path.split("/").map(encodeURIComponent).join("/"), root);
      const deadline = AbortSignal.timeout(PATIENCE);
      try {
        const both = signal ? AbortSignal.any([signal, deadline]) : deadline;
        const { answer } = await askThrough(web, url, { signal: both });
        const status = answer.statusCode;
        if (status >= 200 && status < 300) return await readBody(answer, LIMIT);
        discard(answer);
        if (status === 404) return undefined;
        throw new Error(`the server answers ${status}`);
      } catch (error) {
        signal?.throwIfAborted();
        throw unreadable(url.href, error);
      }
    },
  };
}

function unreadable(what: string, error: unknown): KasmixError {
  return new KasmixError("E_PUBLISH", `${what} cannot be read: ${reasonOf(error)}`, { cause: error });
}
