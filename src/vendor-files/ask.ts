import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { KasmixError } from "../model/error.ts";
import type { Web } from "../net/http.ts";

/** The newest version that a vendor offers. */
export interface Newest {
  readonly version: string;
  /** Hash of its file, where the vendor publishes one. */
  readonly sha256?: string;
}

/** What every question to a vendor needs. */
export interface Asking {
  readonly web: Pick<Web, "ask">;
  readonly signal?: AbortSignal | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** Seconds that a small answer may take in all. @default 120 */
  readonly patience?: number;
}

const REDIRECTS = 8;
const USER_AGENT = "kasmix";

/**
 * Where an address leads, hop by hop, without the first. No body is read. Throws E_FETCH, also when the last has no good
 * answer.
 */
export async function* followRedirects(url: string, asking: Asking): AsyncGenerator<string> {
  for await (const { answer, next } of hops(url, asking)) {
    if (next === undefined) answer.destroy();
    else yield next;
  }
}

/** The whole answer, of at most `limit` bytes. Throws E_FETCH. */
export async function readAnswer(url: string, limit: number, asking: Asking): Promise<Buffer> {
  const { patience = 120, signal } = asking;
  const timeout = AbortSignal.timeout(patience * 1000);
  const either = signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
  const chunks: Buffer[] = [];
  try {
    for await (const { chunk } of bounded(url, limit, { ...asking, signal: either })) chunks.push(chunk);
  } catch (error) {
    signal?.throwIfAborted();
    throw timeout.aborted ? failure(url, `the answer was not there in ${patience} seconds`) : error;
  }
  return Buffer.concat(chunks);
}

/**
 * The SHA-256 of a file of at most `limit` bytes, which is nowhere kept. `onProgress` is told the bytes so far and,
 * where the host tells it, how many there will be. Throws E_FETCH.
 */
export async function hashFile(
  url: string,
  limit: number,
  asking: Asking & { readonly onProgress?: (done: number, total: number | undefined) => void },
): Promise<string> {
  const hash = createHash("sha256");
  let done = 0;
  for await (const { chunk, total } of bounded(url, limit, asking)) {
    hash.update(chunk);
    done += chunk.length;
    asking.onProgress?.(done, total);
  }
  return hash.digest("hex");
}

/** The pieces of an answer, each with the length of the whole if that is told, until there are too many of them. */
async function* bounded(
  url: string,
  limit: number,
  asking: Asking,
): AsyncGenerator<{ chunk: Buffer; total: number | undefined }> {
  const answer = await askThrough(url, asking);
  const length = answer.headers["content-length"];
  const total = length === undefined ? undefined : Number(length);
  try {
    if ((total ?? 0) > limit) throw tooLong(url, limit);
    // Neither a length nor pieces with one: a connection that broke off would look like the end.
    if (total === undefined && answer.headers["transfer-encoding"] === undefined) {
      throw failure(url, "it does not tell how long its answer is");
    }
    let got = 0;
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      got += chunk.length;
      if (got > limit) throw tooLong(url, limit);
      yield { chunk, total };
    }
  } catch (error) {
    asking.signal?.throwIfAborted();
    throw error instanceof KasmixError ? error : failure(url, reason(error), error);
  } finally {
    answer.destroy();
  }
}

/** The answer with status 200 that an address gives in the end. */
async function askThrough(url: string, asking: Asking): Promise<IncomingMessage> {
  for await (const { answer, next } of hops(url, asking)) if (next === undefined) return answer;
  throw failure(url, "it leads nowhere");
}

/** Each answer on the way to one with status 200; `next` is where those before it lead. */
async function* hops(
  url: string,
  asking: Asking,
): AsyncGenerator<{ readonly answer: IncomingMessage; readonly next: string | undefined }> {
  let here = url;
  for (let count = 0; count <= REDIRECTS; count++) {
    const answer = await askOnce(here, asking);
    const next = redirection(answer, here);
    if (next !== undefined || answer.statusCode !== 200) answer.destroy();
    if (next === undefined && answer.statusCode !== 200) throw refused(here, answer);
    yield { answer, next };
    if (next === undefined) return;
    here = next;
  }
  throw failure(url, `it redirects more than ${REDIRECTS} times`);
}

async function askOnce(url: string, { web, signal, headers = {} }: Asking): Promise<IncomingMessage> {
  try {
    return await web.ask(url, { "user-agent": USER_AGENT, ...headers }, signal);
  } catch (error) {
    signal?.throwIfAborted();
    throw failure(url, reason(error), error);
  }
}

/** Where an answer sends one; never from https to anything less. */
function redirection(answer: IncomingMessage, from: string): string | undefined {
  const { location } = answer.headers;
  if (location === undefined || ![301, 302, 303, 307, 308].includes(answer.statusCode ?? 0)) return undefined;
  const target = URL.canParse(location, from) ? new URL(location, from) : undefined;
  if (target === undefined || target.protocol !== "https:") {
    answer.destroy();
    throw failure(from, `it redirects to ${location}, which is no https address`);
  }
  return target.href;
}

function refused(url: string, { statusCode, headers }: IncomingMessage): KasmixError {
  const busy = statusCode === 429 || headers["x-ratelimit-remaining"] === "0";
  if (busy)
    return failure(url, `it answered ${statusCode}: too many questions from here; try again in an hour`);
  return failure(url, `it answered ${statusCode}`);
}

function tooLong(url: string, limit: number): KasmixError {
  return failure(url, `its answer is longer than ${Math.round(limit / 1024 ** 2)} MiB`);
}

function failure(url: string, why: string, cause?: unknown): KasmixError {
  const { host, pathname } = new URL(url);
  return new KasmixError("E_FETCH", `${host} does not give ${pathname}: ${why}`, {
    fix: "Check the network and the address; try again later.",
    cause,
  });
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code = "" } = error as NodeJS.ErrnoException;
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return "its name cannot be resolved";
  if (code === "ECONNREFUSED") return "it refuses connections";
  if (code === "ECONNRESET") return "the connection broke off";
  return error.message || code || "unknown failure";
}
