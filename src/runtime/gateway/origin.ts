import type { IncomingHttpHeaders } from "node:http";
import type { Client } from "./client-address.ts";

/** What a request's origin is compared with. */
export interface OwnOrigin {
  /** Further origins, also of other sites and with http:. */
  readonly allowed: readonly string[];
  /** What the browser's address begins with, where that is known: see `Client`. */
  readonly scheme: Client["scheme"];
}

/**
 * Whether a request comes from a page of this gateway or from a program, which sends no Origin: browsers attach cookies
 * and passwords to requests of other sites too. An http: page is the gateway's only when a trusted proxy says that its
 * browser used http, or on the browser's own machine: anyone on the network path can make one under the gateway's name.
 * Behind a proxy the public name is in X-Forwarded-Host, which pages cannot set.
 */
export function isSameOrigin(headers: IncomingHttpHeaders, own: OwnOrigin): boolean {
  return isOwn(headers, own, "host");
}

/** The same, but a page on any port of this host is allowed: the gateway's page uses the side services' ports. */
export function isOwnHost(headers: IncomingHttpHeaders, own: OwnOrigin): boolean {
  return isOwn(headers, own, "hostname");
}

/** KASMIX_ALLOWED_ORIGINS: origins separated by commas. */
export function allowedOrigins(environment: NodeJS.ProcessEnv): string[] {
  return (environment.KASMIX_ALLOWED_ORIGINS ?? "").split(",").flatMap((origin) => origin.trim() || []);
}

/** Whether the origin is allowed, or equals one of the gateway's own names in this part of the URL. */
function isOwn(
  headers: IncomingHttpHeaders,
  { allowed, scheme }: OwnOrigin,
  part: "host" | "hostname",
): boolean {
  const { origin, "sec-fetch-site": site } = headers;
  // Browsers send no Origin when a page loads an image or a frame; Sec-Fetch-Site then says which site it belongs to.
  if (origin === undefined) return OWN_SITES.includes(site);
  if (allowed.includes(origin)) return true;
  if (site === "cross-site" || !isSafe(origin, scheme)) return false;
  const host = read(origin, part);
  const begin = origin.slice(0, origin.indexOf("//"));
  const forwarded = headers["x-forwarded-host"];
  const own = [headers.host, typeof forwarded === "string" ? forwarded : undefined];
  return (
    host !== undefined && own.some((name) => name !== undefined && read(`${begin}//${name}`, part) === host)
  );
}

/** A program, a page of this gateway, a typed address. */
const OWN_SITES: readonly unknown[] = [undefined, "same-origin", "none"];

function isSafe(origin: string, scheme: Client["scheme"]): boolean {
  if (origin.startsWith("https://")) return true;
  if (!origin.startsWith("http://") || scheme === "https") return false;
  // Without a word of a trusted proxy, a proxy that ends TLS may be in between.
  return scheme === "http" || LOOPBACK.test(read(origin, "hostname") ?? "");
}

/** Names that browsers treat as safe without TLS too. */
const LOOPBACK = /^((.+\.)?localhost|127(\.\d+){3}|\[::1\])$/;

function read(url: string, part: "host" | "hostname"): string | undefined {
  try {
    return new URL(url)[part];
  } catch {
    return undefined;
  }
}
