import http from "node:http";
import https from "node:https";
import { connect as connectTls } from "node:tls";
import { runApt } from "../debian/apt.ts";
import { KasmixError } from "../model/error.ts";

/** How to reach the web: connections are kept and shared. */
export interface Web {
  /** Asks for an address, following redirects; an answer that is not 200 is given as it is, its body dropped. */
  get(url: string, signal?: AbortSignal): Promise<http.IncomingMessage>;
  /** Asks once: a redirect is an answer like any other, and the body is left to the caller. */
  ask(url: string, headers?: http.OutgoingHttpHeaders, signal?: AbortSignal): Promise<http.IncomingMessage>;
  /** Closes the connections. */
  close(): void;
}

/** Proxies by scheme of the address asked for. */
export interface Proxies {
  readonly http?: string | undefined;
  readonly https?: string | undefined;
  /** Hosts and domains that are asked without, `*` being all. @default none */
  readonly except?: readonly string[];
}

export interface WebOptions {
  /** Connections to each host, at most. */
  readonly connections: number;
  readonly proxies?: Proxies;
  /** Seconds of silence after which a connection counts as lost. @default 30 */
  readonly silence?: number;
}

const REDIRECTS = 5;

export function openWeb({ connections, proxies = {}, silence = 30 }: WebOptions): Web {
  const pool = { keepAlive: true, maxSockets: connections };
  const agents = { http: new http.Agent(pool), https: new https.Agent(pool) };
  return {
    ask: (url, headers = {}, signal) => ask(new URL(url), { agents, proxies, silence, headers, signal }),
    get: async (url, signal) => {
      let target = new URL(url);
      for (let redirects = 0; redirects <= REDIRECTS; redirects++) {
        const response = await ask(target, { agents, proxies, silence, headers: {}, signal });
        if (response.statusCode === 200) return response;
        response.resume();
        const { location } = response.headers;
        if (!location || ![301, 302, 303, 307, 308].includes(response.statusCode ?? 0)) return response;
        target = new URL(location, target);
      }
      throw new Error(`more than ${REDIRECTS} redirects`);
    },
    close: () => {
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}

/** The proxies that the machine's apt uses; none where there is no apt. */
export async function aptProxies(): Promise<Proxies> {
  const dump = await runApt("apt-config", ["dump", "Acquire"]).catch((error: unknown) => {
    if (error instanceof KasmixError && error.code === "E_MACHINE") return { stdout: "" };
    throw error;
  });
  return parseProxies(dump.stdout, process.env);
}

/** Reads proxies from `apt-config dump`; as in apt, its settings win over the environment's. */
export function parseProxies(dump: string, env: NodeJS.ProcessEnv): Proxies {
  const proxy = (scheme: "http" | "https") => {
    const set = new RegExp(`^Acquire::${scheme}::Proxy "([^"]*)";$`, "im").exec(dump)?.[1];
    const value = set || env[`${scheme}_proxy`];
    return value && value !== "DIRECT" && value !== "false" ? value : undefined;
  };
  // apt asks the proxy for http where none is set for https.
  const plain = proxy("http");
  return { http: plain, https: proxy("https") ?? plain, ...exceptions(env) };
}

/** The proxies that the environment names, as curl reads it. */
export function environmentProxies(env: NodeJS.ProcessEnv): Proxies {
  const all = env.all_proxy || env.ALL_PROXY || undefined;
  const https = env.https_proxy || env.HTTPS_PROXY || all;
  return { http: env.http_proxy || all, https, ...exceptions(env) };
}

/** `no_proxy`, which apt and curl read alike. */
function exceptions(env: NodeJS.ProcessEnv): Pick<Proxies, "except"> {
  const names = (env.no_proxy || env.NO_PROXY || "").split(/[\s,]+/).filter((name) => name !== "");
  return names.length === 0 ? {} : { except: names.map((name) => name.toLowerCase().replace(/^\./, "")) };
}

/** The proxy that an address is asked for at; `undefined` where it is asked itself. */
export function proxyFor({ protocol, hostname }: URL, proxies: Proxies): string | undefined {
  const { except = [] } = proxies;
  if (except.some((name) => name === "*" || hostname === name || hostname.endsWith(`.${name}`)))
    return undefined;
  return protocol === "https:" ? proxies.https : proxies.http;
}

interface Request {
  readonly agents: { readonly http: http.Agent; readonly https: https.Agent };
  readonly proxies: Proxies;
  readonly silence: number;
  readonly headers: http.OutgoingHttpHeaders;
  readonly signal?: AbortSignal | undefined;
}

interface RequestOptions {
  readonly headers: http.OutgoingHttpHeaders;
  /** Milliseconds of silence. */
  readonly timeout: number;
  readonly signal?: AbortSignal;
}

async function ask(
  url: URL,
  { agents, proxies, silence, headers, signal }: Request,
): Promise<http.IncomingMessage> {
  const options: RequestOptions = { headers, timeout: silence * 1000, ...(signal ? { signal } : {}) };
  const proxy = proxyFor(url, proxies);
  if (url.protocol === "https:") {
    if (proxy === undefined) return answer(https.request(url, { ...options, agent: agents.https }), silence);
    const socket = await tunnel(new URL(proxy), url, { ...options, headers: {} });
    const secure = connectTls({ socket, servername: url.hostname });
    return answer(https.request(url, { ...options, agent: false, createConnection: () => secure }), silence);
  }
  if (proxy === undefined) return answer(http.request(url, { ...options, agent: agents.http }), silence);
  return answer(
    http.request(viaProxy(new URL(proxy), { path: url.href, host: url.host }, options, agents.http)),
    silence,
  );
}

function viaProxy(
  proxy: URL,
  target: { path: string; host: string },
  options: RequestOptions,
  agent: http.Agent | false,
): http.RequestOptions {
  const login = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  const authorization = { "proxy-authorization": `Basic ${Buffer.from(login).toString("base64")}` };
  return {
    ...options,
    agent,
    host: proxy.hostname,
    port: proxy.port || 80,
    path: target.path,
    headers: { ...options.headers, host: target.host, ...(proxy.username ? authorization : {}) },
  };
}

function tunnel(proxy: URL, url: URL, options: RequestOptions): Promise<import("node:net").Socket> {
  const host = `${url.hostname}:${url.port || 443}`;
  const request = http.request({
    ...viaProxy(proxy, { path: host, host }, options, false),
    method: "CONNECT",
  });
  return new Promise((resolve, reject) => {
    request.once("connect", (response, socket) => {
      if (response.statusCode === 200) return resolve(socket);
      socket.destroy();
      reject(new Error(`the proxy ${proxy.host} answered ${response.statusCode}`));
    });
    request
      .once("error", reject)
      .once("timeout", () => request.destroy(silent(options.timeout / 1000)))
      .end();
  });
}

function answer(request: http.ClientRequest, silence: number): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once("response", resolve).once("error", reject);
    request.once("timeout", () => request.destroy(silent(silence))).end();
  });
}

function silent(seconds: number): Error {
  return new Error(`nothing came for ${seconds} seconds`);
}
