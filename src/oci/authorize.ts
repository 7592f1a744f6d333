import { KasmixError } from "../model/error.ts";
import { readBody, type Web } from "../net/http.ts";
import { type Credentials, findCredentials } from "./credentials.ts";
import { FIX } from "./fix.ts";
import { readJson } from "./read-json.ts";

/** Bytes of a registry's answer: manifests, configurations and tokens, at most 4 MB in most registries. */
export const ANSWER_LIMIT = 32 * 1024 ** 2;

export interface AuthorizeOptions {
  readonly web: Web;
  readonly registry: string;
  readonly repository: string;
  readonly insecure: boolean;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The Authorization header that the challenge of a registry's 401 asks for: the password itself (Basic), or a token from
 * the service that it names (Bearer). `undefined` where there are no credentials and the service gives no token without.
 * @throws KasmixError E_PUBLISH where the password would go to the token service without encryption
 */
export async function authorize(challenge: string, options: AuthorizeOptions): Promise<string | undefined> {
  const { scheme, parameters } = readChallenge(challenge);
  const credentials = await findCredentials(options.registry, options.repository);
  if (scheme === "basic") return credentials && basic(credentials);
  if (scheme !== "bearer" || parameters.realm === undefined) return undefined;
  return fetchToken(parameters.realm, parameters, credentials, options);
}

interface Challenge {
  readonly scheme: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** Takes a WWW-Authenticate header apart: `Bearer realm="…",service="…"`. */
export function readChallenge(header: string): Challenge {
  const [, scheme = "", rest = ""] = /^\s*(\S+)\s*(.*)$/.exec(header) ?? [];
  const pairs = [...rest.matchAll(/(\w+)=(?:"([^"]*)"|([^\s,]+))/g)];
  const parameters = Object.fromEntries(
    pairs.map(([, name = "", quoted, bare]) => [name.toLowerCase(), quoted ?? bare ?? ""]),
  );
  return { scheme: scheme.toLowerCase(), parameters };
}

function basic({ username, password }: Credentials): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}

async function fetchToken(
  realm: string,
  { service }: Challenge["parameters"],
  credentials: Credentials | undefined,
  { web, registry, repository, insecure, signal }: AuthorizeOptions,
): Promise<string | undefined> {
  const url = new URL(realm);
  if (url.protocol !== "https:" && !insecure) {
    const message = `${registry} wants the password to be sent to ${url.host} without encryption.`;
    throw new KasmixError("E_PUBLISH", message, { fix: FIX.insecure });
  }
  if (service !== undefined) url.searchParams.set("service", service);
  url.searchParams.set("scope", `repository:${repository}:pull,push`);
  const headers = credentials === undefined ? {} : { authorization: basic(credentials) };
  // The registry names this address, so it must not lead from the internet into a private network.
  const nearest = web.nearness?.(new URL(`https://${registry}/`)) ?? 0;
  const answer = await web.ask(url, { headers, signal, nearest });
  const body = await readBody(answer, ANSWER_LIMIT);
  if (answer.statusCode !== 200) return undefined;
  const { token, access_token: other } = readJson(body, url.host);
  const found = token ?? other;
  return typeof found === "string" ? `Bearer ${found}` : undefined;
}
