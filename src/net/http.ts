import { type Dispatcher, EnvHttpProxyAgent, request } from "undici";
import { KasmixError } from "../model/error.ts";
import { parseUrl } from "../model/parse-url.ts";
import { lookupWithin, type Nearness, nearnessOf, TooNear } from "./nearness.ts";
import { directHosts, environmentProxies, type Proxies, proxyUrl } from "./proxies.ts";

/** An answer whose body has not been read yet: read it, or drop it by {@link discard}. */
export type Answer = Dispatcher.ResponseData;

/** A request, without its address. */
export interface Question {
  /** @default "GET" */
  readonly method?: "GET" | "HEAD" | "POST" | "PUT";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  readonly signal?: AbortSignal | undefined;
  /** Fails with TooNear for an address that is nearer; through a proxy only where the address itself says so. */
  readonly nearest?: Nearness;
}

/** The way to the web for one command: connections are kept and shared. */
export interface Web {
  /** Asks once; a redirect is an answer like any other. */
  ask(url: URL, question?: Question): Promise<Answer>;
  /** How near the host of an address is that was asked before. @default 0 where a proxy looked its name up */
  nearness?(url: URL): Nearness;
  /** Closes the connections. */
  close(): void;
}

export interface WebOptions {
  /** Connections to each host, at most. @default 8 */
  readonly connections?: number;
  /** @default those of the environment */
  readonly proxies?: Proxies;
  /** Seconds of silence after which a connection counts as lost. @default 30 */
  readonly silence?: number;
  /** Accepts any certificate of a host; that of a proxy is checked in any case. @default false */
  readonly insecure?: boolean;
  /** Certificate authorities to trust in place of the usual ones, in PEM. */
  readonly ca?: Buffer;
}

/**
 * Opens the way to the web for everything on the host: through the environment's proxies, with checked certificates.
 * @throws KasmixError E_USAGE for a proxy whose address cannot be read
 */
export function openWeb(options: WebOptions = {}): Web {
  const { connections = 8, proxies = environmentProxies(process.env), silence = 30, insecure, ca } = options;
  const timeout = silence * 1000;
  const tls = { timeout, ...(insecure ? { rejectUnauthorized: false } : {}), ...(ca ? { ca } : {}) };
  const noted = new Map<string, Nearness>();
  const open = (nearest: Nearness) =>
    new EnvHttpProxyAgent({
      httpProxy: proxyAddress(proxies.http),
      httpsProxy: proxyAddress(proxies.https),
      noProxy: directHosts(process.env),
      // A proxy is asked for plain addresses as such: many refuse tunnels for them.
      proxyTunnel: false,
      connections,
      // Only for connections without a proxy, which looks names up itself.
      connect: { ...tls, lookup: lookupWithin(nearest, (host, found) => void noted.set(host, found)) },
      requestTls: tls,
      proxyTls: { timeout },
    });
  // One for each nearness, so that no connection is shared with a request that may not use it.
  const dispatchers = new Map<Nearness, EnvHttpProxyAgent>([[3, open(3)]]);
  const timeouts = { headersTimeout: timeout, bodyTimeout: timeout };
  return {
    async ask(url, { method = "GET", headers, body, signal, nearest = 3 } = {}) {
      if ((nearnessOf(url.hostname) ?? 0) > nearest) throw new TooNear();
      const dispatcher = dispatchers.get(nearest) ?? open(nearest);
      dispatchers.set(nearest, dispatcher);
      return await request(url, {
        ...{ dispatcher, method, ...timeouts },
        headers: { "user-agent": "kasmix", ...headers },
        body: body ?? null,
        signal: signal ?? null,
      });
    },
    nearness: ({ hostname }) => nearnessOf(hostname) ?? noted.get(hostname) ?? 0,
    close() {
      for (const dispatcher of dispatchers.values()) void dispatcher.destroy();
    },
  };
}

/** An empty address means "no proxy": without one, undici reads the environment itself. */
function proxyAddress(proxy = ""): string {
  const address = proxyUrl(proxy);
  if (address === "" || (/^(https?|socks5?):/.test(address) && parseUrl(address))) return address;
  throw new KasmixError(
    "E_USAGE",
    "The address of the proxy in the environment or in apt's settings is not valid.",
    {
      fix: "Write it like http://proxy.example:3128.",
    },
  );
}

/** One answer on the way to the last, which has no `next`. */
export interface Hop {
  readonly url: URL;
  /** With a `next`, its body is already dropped. */
  readonly answer: Answer;
  readonly next: URL | undefined;
}

export interface FollowOptions extends Question {
  /** @default 5 */
  readonly redirects?: number;
  /** The address that led to the first one, when that is not the user's own choice. */
  readonly from?: URL;
  /** Throws for an address that must not be asked; called for each before it is. */
  readonly permit?: (url: URL) => void;
}

/**
 * Asks, and follows the redirects of GET and HEAD. Only the first address's own host gets the credentials, and none may
 * lead into a network that is nearer to this machine than that of the first: TooNear.
 * undici follows redirects too, but neither shows the addresses on the way nor lets one refuse them.
 */
export async function* follow(
  web: Pick<Web, "ask" | "nearness">,
  start: URL,
  options: FollowOptions = {},
): AsyncGenerator<Hop> {
  const { redirects = 5, permit = () => {}, from = start, headers, ...question } = options;
  const { authorization: _secret, ...others } = headers ?? {};
  const follows = ["GET", "HEAD"].includes(options.method ?? "GET");
  let url = start;
  permit(url);
  for (let count = 0; ; count++) {
    const allowed = url.origin === start.origin ? headers : others;
    const nearest = url.host === from.host ? 3 : (web.nearness?.(from) ?? 0);
    const answer = await web.ask(url, { ...question, nearest, ...(allowed ? { headers: allowed } : {}) });
    const location = follows ? redirection(answer) : undefined;
    if (location === undefined) return yield { url, answer, next: undefined };
    discard(answer);
    if (count === redirects) throw new Error(`it redirects more than ${redirects} times`);
    const next = parseUrl(location, url.href);
    if (next === undefined) throw new Error("it redirects to something that is not an address");
    permit(next);
    yield { url, answer, next };
    url = next;
  }
}

/** The last answer of {@link follow}. */
export async function askThrough(
  web: Pick<Web, "ask" | "nearness">,
  url: URL,
  options?: FollowOptions,
): Promise<Hop> {
  for await (const hop of follow(web, url, options)) if (hop.next === undefined) return hop;
  throw new Error("there is no answer");
}

function redirection({ statusCode, headers: { location } }: Answer): string | undefined {
  const isRedirection = [301, 302, 303, 307, 308].includes(statusCode);
  return isRedirection && typeof location === "string" ? location : undefined;
}

/** Drops an unread body, so that its connection can be used again. */
export function discard({ body }: Answer): void {
  body.dump().catch(() => {});
}

/** The whole body. Throws where it is longer than `limit` bytes. */
export async function readBody(answer: Answer, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of readChunks(answer, limit)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The body piece by piece. Throws where it is longer than `limit` bytes. */
export async function* readChunks(answer: Answer, limit: number): AsyncGenerator<Buffer> {
  const tooLong = () => new Error(`its answer is longer than ${Math.round(limit / 1024 ** 2)} MiB`);
  if (Number(answer.headers["content-length"] ?? 0) > limit) {
    discard(answer);
    throw tooLong();
  }
  let size = 0;
  for await (const chunk of answer.body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) throw tooLong();
    yield chunk;
  }
}

const SILENT = "it does not answer in time";
const BROKEN = "the connection broke off";
const REASONS: Readonly<Record<string, string>> = {
  ENOTFOUND: "its name cannot be resolved",
  EAI_AGAIN: "its name cannot be resolved",
  ECONNREFUSED: "it refuses connections",
  ECONNRESET: BROKEN,
  EPIPE: BROKEN,
  // Its own message quotes the certificate.
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate does not match its name",
  UND_ERR_SOCKET: BROKEN,
  UND_ERR_CONNECT_TIMEOUT: SILENT,
  UND_ERR_HEADERS_TIMEOUT: SILENT,
  UND_ERR_BODY_TIMEOUT: SILENT,
};

/** Why an address gave no answer, for a message. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const refused = /^Proxy response \((\d+)\)/.exec(error.message)?.[1];
  if (refused !== undefined) return `the proxy answered ${refused}`;
  const { code = "" } = error as NodeJS.ErrnoException;
  return REASONS[code] ?? (error.message || code || "unknown failure");
}
