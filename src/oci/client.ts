import { setTimeout as sleep } from "node:timers/promises";
import { KasmixError } from "../model/error.ts";
import { authorize } from "./authorize.ts";
import { type Answer, exchange, type Question } from "./exchange.ts";

export interface ClientOptions {
  /** Host, with its port where it has one. */
  readonly registry: string;
  readonly repository: string;
  /** Lets it speak plain HTTP, or with a certificate that nobody vouches for. @default false */
  readonly insecure?: boolean;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds before the first further try; each further one waits twice as long. @default 1000 */
  readonly delay?: number;
}

/** Asks a repository's registry for something below `/v2/NAME/`. */
export interface RegistryClient {
  /** HOST/NAME, for messages. */
  readonly name: string;
  /** Rejects with E_PUBLISH where nobody answers, or the answer is none of those that are expected. */
  ask(question: PathQuestion): Promise<Answer>;
}

export interface PathQuestion extends Pick<Question, "method" | "headers" | "body"> {
  /** `manifests/1.0`, or the address that the registry gave for an upload. */
  readonly path: string;
  /** Codes that are an answer. */
  readonly expected: readonly number[];
}

/** Tries besides the first one, as many as skopeo's. */
const RETRIES = 3;
const REDIRECTS = 5;

/**
 * A client for one repository by the OCI distribution specification. It signs in when it is asked to, by password or
 * token, with the credentials of the usual files, follows to where blobs are kept, and tries again when the connection
 * breaks or the registry fails.
 */
export function openRegistry(options: ClientOptions): RegistryClient {
  const { registry, repository, insecure = false, signal, delay = 1000 } = options;
  let scheme: "https" | "http" = "https";
  let authorization: string | undefined;

  const once = (question: PathQuestion): Promise<FoundAnswer> =>
    follow(question, `${scheme}://${registry}/v2/${repository}/`, { authorization, insecure, signal });

  const signedIn = async (question: PathQuestion): Promise<Answer> => {
    const answer = await plainToo(question);
    if (answer.status !== 401 || !answer.own) return answer;
    authorization = await authorize(answer, { registry, repository, insecure, signal });
    return authorization === undefined ? answer : once(question);
  };

  const plainToo = async (question: PathQuestion) => {
    try {
      return await once(question);
    } catch (error) {
      if (!insecure || scheme === "http" || !speaksNoTls(error)) throw error;
      scheme = "http";
      return once(question);
    }
  };

  return {
    name: `${registry}/${repository}`,
    async ask(question) {
      for (let attempt = 0; ; attempt++) {
        const outcome = await signedIn(question).catch((error: unknown) => error);
        signal?.throwIfAborted();
        if (isAnswer(outcome) && question.expected.includes(outcome.status)) return outcome;
        if (outcome instanceof KasmixError) throw outcome;
        if (attempt === RETRIES || !isPassing(outcome)) throw refusal(options, outcome);
        await sleep(delay * 2 ** attempt, undefined, { signal });
      }
    },
  };
}

interface FoundAnswer extends Answer {
  /** Whether it is the registry's own, and not that of a host which has blobs for it, or takes them. */
  readonly own: boolean;
}

/** Asks, and again where the registry sends one to. No other host is to see the password. */
async function follow(
  { path, method, headers, body }: PathQuestion,
  start: string,
  {
    authorization,
    insecure,
    signal,
  }: Pick<Question, "insecure" | "signal"> & { readonly authorization: string | undefined },
): Promise<FoundAnswer> {
  const base = new URL(start);
  let url = new URL(path, base);
  for (let hops = 0; ; hops++) {
    if (url.protocol !== "https:" && !insecure) throw unprotected(base, url);
    const own = url.origin === base.origin;
    const signed = own && authorization !== undefined ? { authorization } : {};
    const question = { method, url, headers: { ...headers, ...signed }, insecure: insecure === true, signal };
    const answer = await exchange(body === undefined ? question : { ...question, body });
    const next = method === "GET" || method === "HEAD" ? redirection(answer, url) : undefined;
    if (next === undefined || hops === REDIRECTS) return { ...answer, own };
    url = next;
  }
}

function unprotected({ host: registry }: URL, { host }: URL): KasmixError {
  return new KasmixError("E_PUBLISH", `${registry} sends one to ${host} without encryption.`, {
    fix: "If you trust that registry: --insecure",
  });
}

function redirection({ status, headers }: Answer, from: URL): URL | undefined {
  const { location } = headers;
  const isRedirection = [301, 302, 303, 307, 308].includes(status);
  return isRedirection && typeof location === "string" ? new URL(location, from) : undefined;
}

function isAnswer(outcome: unknown): outcome is Answer {
  return typeof outcome === "object" && outcome !== null && "status" in outcome;
}

function speaksNoTls(error: unknown): boolean {
  return error instanceof Error && "code" in error && /^(EPROTO|ERR_SSL_)/.test(String(error.code));
}

/** Whether it may go better the next time: the connection broke, or the registry itself is in trouble. */
function isPassing(outcome: unknown): boolean {
  if (isAnswer(outcome)) return outcome.status === 429 || outcome.status >= 500;
  const code = outcome instanceof Error && "code" in outcome ? String(outcome.code) : "";
  return /^(ECONNRESET|EPIPE|ETIMEDOUT|ECONNREFUSED|EAI_AGAIN)$/.test(code);
}

function refusal({ registry, repository }: ClientOptions, outcome: unknown): KasmixError {
  const where = `${registry}/${repository}`;
  if (isAnswer(outcome)) {
    const { status, body } = outcome;
    const message = `${where} did not take what belongs to the image: it answers ${status} ${reasonIn(body)}`;
    const fix =
      status === 401 || status === 403
        ? "Sign in first: skopeo login HOST (or docker login HOST)"
        : undefined;
    return new KasmixError("E_PUBLISH", message.trim(), fix === undefined ? {} : { fix });
  }
  const said = outcome instanceof Error ? outcome.message : String(outcome);
  const message = `${where} cannot be reached: ${said}`;
  const isCertificate = /certificate|self.signed|EPROTO|SSL/i.test(said);
  const fix = isCertificate
    ? "If you trust that registry: --insecure"
    : "Look at the host and its port, and whether the registry runs.";
  return new KasmixError("E_PUBLISH", message, { fix, cause: outcome });
}

/** The first error that the registry tells of. */
function reasonIn(body: Buffer): string {
  try {
    const [first] = JSON.parse(body.toString("utf8")).errors;
    return `(${first.code}: ${first.message})`;
  } catch {
    return "";
  }
}
