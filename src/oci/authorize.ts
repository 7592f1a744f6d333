import { KasmixError } from "../model/error.ts";
import { readJson } from "../net/read-json.ts";
import { type Credentials, findCredentials } from "./credentials.ts";
import { type Answer, exchange } from "./exchange.ts";

export interface AuthorizeOptions {
  readonly registry: string;
  readonly repository: string;
  readonly insecure: boolean;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The Authorization header that a registry's 401 asks for: the password itself (Basic), or a token from where it says
 * (Bearer). `undefined` where nobody has signed in and nothing is to be had without.
 * @throws KasmixError E_PUBLISH where the password would go to the token's service in the clear
 */
export async function authorize(refused: Answer, options: AuthorizeOptions): Promise<string | undefined> {
  const { scheme, parameters } = readChallenge(String(refused.headers["www-authenticate"] ?? ""));
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
  { registry, repository, insecure, signal }: AuthorizeOptions,
): Promise<string | undefined> {
  const url = new URL(realm);
  if (url.protocol !== "https:" && !insecure) {
    const message = `${registry} wants the password to be sent to ${url.host} without encryption.`;
    throw new KasmixError("E_PUBLISH", message, { fix: "If you trust that registry: --insecure" });
  }
  if (service !== undefined) url.searchParams.set("service", service);
  url.searchParams.set("scope", `repository:${repository}:pull,push`);
  const headers = credentials === undefined ? {} : { authorization: basic(credentials) };
  const { status, body } = await exchange({ method: "GET", url, headers, insecure, signal });
  if (status !== 200) return undefined;
  const { token, access_token: other } = readJson(body, url.host);
  const found = token ?? other;
  return typeof found === "string" ? `Bearer ${found}` : undefined;
}
