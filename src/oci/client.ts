import type { IncomingHttpHeaders } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { KasmixError } from "../model/error.ts";
import { askThrough, openWeb, type Question, readBody, reasonOf, type Web } from "../net/http.ts";
import { ANSWER_LIMIT, authorize } from "./authorize.ts";
import { FIX } from "./fix.ts";

export interface ClientOptions {
  /** Host, with its port where it has one. */
  readonly registry: string;
  readonly repository: string;
  /** Accepts plain HTTP and any certificate. @default false */
  readonly insecure?: boolean;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds before the first retry; each further retry waits twice as long. @default 1000 */
  readonly delay?: number;
  /** @default a way to the web of its own */
  readonly web?: Web;
}

/** Asks a repository's registry for something below `/v2/NAME/`. */
export interface RegistryClient {
  /** HOST/NAME, for messages. */
  readonly name: string;
  /** Rejects with E_PUBLISH where nobody answers, or with a status that is not expected. */
  ask(question: PathQuestion): Promise<Answer>;
}

export interface PathQuestion extends Omit<Question, "signal"> {
  /** `manifests/1.0`, or the address that the registry gave for an upload. */
  readonly path: string;
  /** Statuses that are an answer. */
  readonly expected: readonly number[];
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** As many as skopeo's. */
const RETRIES = 3;

/**
 * A client for one repository by the OCI distribution specification. It signs in when the registry asks for it, by password
 * or token, with the credentials of the usual files, follows redirects to where blobs are kept, and tries again when the
 * connection breaks or the registry fails.
 */
export function openRegistry(options: ClientOptions): RegistryClient {
  const { registry, repository, insecure = false, signal, delay = 1000 } = options;
  const { web = openWeb({ insecure }) } = options;
  let scheme: "https" | "http" = "https";
  let authorization: string | undefined;

  const once = async ({ path, headers, expected: _, ...question }: PathQuestion): Promise<FoundAnswer> => {
    const base = new URL(`${scheme}://${registry}/v2/${repository}/`);
    const start = new URL(path, base);
    const permit = (url: URL): void => {
      if (url.protocol !== "https:" && !insecure) throw unprotected(registry, url);
    };
    // The place of an upload may be on another host, which must not see the password.
    const signed = start.origin === base.origin && authorization !== undefined ? { authorization } : {};
    const asked = { ...question, headers: { ...headers, ...signed }, signal, permit, from: base };
    const { url, answer } = await askThrough(web, start, asked);
    const { statusCode: status, headers: answered } = answer;
    const own = url.origin === base.origin;
    return { status, headers: answered, body: await readBody(answer, ANSWER_LIMIT), own };
  };

  const plainToo = async (question: PathQuestion): Promise<FoundAnswer> => {
    try {
      return await once(question);
    } catch (error) {
      if (!insecure || scheme === "http" || !speaksNoTls(error)) throw error;
      scheme = "http";
      return once(question);
    }
  };

  const signedIn = async (question: PathQuestion): Promise<Answer> => {
    const answer = await plainToo(question);
    if (answer.status !== 401 || !answer.own) return answer;
    const challenge = String(answer.headers["www-authenticate"] ?? "");
    authorization = await authorize(challenge, { web, registry, repository, insecure, signal });
    return authorization === undefined ? answer : once(question);
  };

  return {
    name: `${registry}/${repository}`,
    // undici's retries would not: an abort does not end the pauses between them.
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
  /** Whether it is the registry's own, and not that of a host which keeps blobs for it. */
  readonly own: boolean;
}

function unprotected(registry: string, { host }: URL): KasmixError {
  return new KasmixError("E_PUBLISH", `${registry} redirects to ${host} without encryption.`, {
    fix: FIX.insecure,
  });
}

function isAnswer(outcome: unknown): outcome is Answer {
  return typeof outcome === "object" && outcome !== null && "status" in outcome;
}

function speaksNoTls(error: unknown): boolean {
  return error instanceof Error && "code" in error && /^(EPROTO|ERR_SSL_)/.test(String(error.code));
}

/** Whether a retry may succeed: the connection broke, or the registry itself failed. */
function isPassing(outcome: unknown): boolean {
  if (isAnswer(outcome)) return outcome.status === 429 || outcome.status >= 500;
  const code = outcome instanceof Error && "code" in outcome ? String(outcome.code) : "";
  return /^(ECONNRESET|EPIPE|ETIMEDOUT|ECONNREFUSED|EAI_AGAIN|UND_ERR_SOCKET)$/.test(code);
}

function refusal({ registry, repository }: ClientOptions, outcome: unknown): KasmixError {
  const where = `${registry}/${repository}`;
  if (isAnswer(outcome)) {
    const { status, body } = outcome;
    const message = `${where} refused a part of the image: it answers ${status} ${reasonIn(body)}`;
    const fix = status === 401 || status === 403 ? FIX.login : undefined;
    return new KasmixError("E_PUBLISH", message.trim(), fix === undefined ? {} : { fix });
  }
  const said = reasonOf(outcome);
  const message = `${where} cannot be reached: ${said}`;
  const isCertificate = /certificate|self.signed|EPROTO|SSL/i.test(said);
  const fix = isCertificate ? FIX.insecure : FIX.unreachable;
  return new KasmixError("E_PUBLISH", message, { fix, cause: outcome });
}

/** The first error that the registry reports: its code, since nothing else of an answer is printed. */
function reasonIn(body: Buffer): string {
  try {
    const [{ code }] = JSON.parse(body.toString("utf8")).errors;
    return /^[A-Z_]{1,40}$/.test(code) ? `(${code})` : "";
  } catch {
    return "";
  }
}
