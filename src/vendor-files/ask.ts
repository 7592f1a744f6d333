import { createHash } from "node:crypto";
import { KasmixError } from "../model/error.ts";
import {
  type Answer,
  discard,
  follow,
  type Hop,
  readBody,
  readChunks,
  reasonOf,
  type Web,
} from "../net/http.ts";

/** The newest version that a vendor offers. */
export interface Newest {
  readonly version: string;
  /** Hash of its file, where the vendor publishes one. */
  readonly sha256?: string;
}

/** Needed for every request to a vendor. */
export interface Asking {
  readonly web: Pick<Web, "ask" | "nearness">;
  readonly signal?: AbortSignal | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** Seconds that a small answer may take in all. @default 120 */
  readonly patience?: number;
}

const REDIRECTS = 8;

/**
 * Where an address leads, hop by hop, without the first. No body is read.
 * @throws KasmixError E_FETCH, also when the last address has no good answer
 */
export async function* followRedirects(url: string, asking: Asking): AsyncGenerator<string> {
  for await (const { answer, next } of hops(url, asking)) {
    if (next === undefined) discard(answer);
    else yield next.href;
  }
}

/**
 * The whole answer, of at most `limit` bytes.
 * @throws KasmixError E_FETCH
 */
export async function readAnswer(url: string, limit: number, asking: Asking): Promise<Buffer> {
  const { patience = 120, signal } = asking;
  const timeout = AbortSignal.timeout(patience * 1000);
  const either = signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
  try {
    return await explained(url, { ...asking, signal: either }, (answer) => readBody(answer, limit));
  } catch (error) {
    signal?.throwIfAborted();
    throw timeout.aborted ? failure(url, `its answer was not complete after ${patience} seconds`) : error;
  }
}

/**
 * The SHA-256 of a file of at most `limit` bytes, which is not kept. `onProgress` gets the bytes so far and, where the
 * host tells it, how many there will be.
 * @throws KasmixError E_FETCH
 */
export async function hashFile(
  url: string,
  limit: number,
  asking: Asking & { readonly onProgress?: (done: number, total: number | undefined) => void },
): Promise<string> {
  return explained(url, asking, async (answer) => {
    const length = answer.headers["content-length"];
    const total = length === undefined ? undefined : Number(length);
    const hash = createHash("sha256");
    let done = 0;
    for await (const chunk of readChunks(answer, limit)) {
      hash.update(chunk);
      done += chunk.length;
      asking.onProgress?.(done, total);
    }
    return hash.digest("hex");
  });
}

/** Hands on the answer with status 200 that an address leads to; a failure names the address. */
async function explained<T>(url: string, asking: Asking, use: (answer: Answer) => Promise<T>): Promise<T> {
  const answer = await askThrough(url, asking);
  try {
    // Without either, a connection that broke off would look like the end.
    if (!answer.headers["content-length"] && !answer.headers["transfer-encoding"]) {
      discard(answer);
      throw new Error("its answer has no length");
    }
    return await use(answer);
  } catch (error) {
    asking.signal?.throwIfAborted();
    throw failure(url, reasonOf(error), error);
  }
}

async function askThrough(url: string, asking: Asking): Promise<Answer> {
  for await (const { answer, next } of hops(url, asking)) if (next === undefined) return answer;
  throw failure(url, "it leads nowhere");
}

/** Each answer on the way to one with status 200, over https only. */
async function* hops(url: string, { web, signal, headers = {} }: Asking): AsyncGenerator<Hop> {
  let here = url;
  try {
    const options = { headers, signal, redirects: REDIRECTS, permit: requireHttps };
    for await (const hop of follow(web, new URL(url), options)) {
      if (hop.next === undefined && hop.answer.statusCode !== 200) throw refused(here, hop.answer);
      yield hop;
      here = hop.next?.href ?? here;
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw error instanceof KasmixError ? error : failure(here, reasonOf(error), error);
  }
}

function requireHttps({ protocol }: URL): void {
  if (protocol !== "https:") throw new Error("it redirects to something that is not an https address");
}

function refused(url: string, answer: Answer): KasmixError {
  discard(answer);
  const { statusCode, headers } = answer;
  const busy = statusCode === 429 || headers["x-ratelimit-remaining"] === "0";
  const why = busy ? ": too many requests from this address; try again in an hour" : "";
  return failure(url, `it answered ${statusCode}${why}`);
}

function failure(url: string, why: string, cause?: unknown): KasmixError {
  const { host, pathname } = new URL(url);
  return new KasmixError("E_FETCH", `${host} does not send ${pathname}: ${why}`, {
    fix: "Check the network and the address; try again later.",
    cause,
  });
}
