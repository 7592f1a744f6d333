import { readFile, realpath } from "node:fs/promises";
import { join, sep } from "node:path";
import { KasmixError } from "../model/error.ts";

/** A published registry, in a folder or at an address. */
export interface Source {
  readonly name: string;
  /** Content of a file below it, `undefined` if it does not exist. Throws E_PUBLISH when reading fails. */
  read(path: string): Promise<Buffer | undefined>;
}

/** Bytes of the largest file that a server may send. */
const LIMIT = 20_000_000;
/** Milliseconds that a server may take for a file. */
const PATIENCE = 30_000;

/**
 * The registry at a folder or an address (http or https).
 * @throws KasmixError E_USAGE for an invalid address
 */
export function openSource(place: string, signal?: AbortSignal): Source {
  if (!/^https?:\/\//i.test(place)) return fromFolder(place);
  if (URL.canParse(place)) return fromAddress(place, signal);
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
  return {
    name: address,
    async read(path) {
      const url = new URL(path.split("/").map(encodeURIComponent).join("/"), root);
      const deadline = AbortSignal.timeout(PATIENCE);
      try {
        const response = await fetch(url, {
          signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
        });
        if (response.status === 404) return undefined;
        if (!response.ok) throw new Error(`the server answers ${response.status}`);
        return await bounded(response);
      } catch (error) {
        signal?.throwIfAborted();
        throw unreadable(url.href, error);
      }
    },
  };
}

async function bounded(response: Response): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > LIMIT) throw new Error(`it is larger than ${LIMIT / 1e6} MB`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function unreadable(what: string, error: unknown): KasmixError {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new KasmixError("E_PUBLISH", `${what} cannot be read: ${reason}`, { cause: error });
}
