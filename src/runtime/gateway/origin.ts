import type { IncomingHttpHeaders } from "node:http";

/**
 * Whether a request comes from a page of this gateway or from a program, which sends no Origin: browsers attach cookies
 * and passwords to requests of other sites too. An http: page is never the gateway's, because anyone on the network path
 * can make one under the gateway's name. Behind a proxy the public name is in X-Forwarded-Host, which pages cannot set.
 * `allowed` lists further origins, also of other sites and with http:.
 */
export function isSameOrigin(headers: IncomingHttpHeaders, allowed: readonly string[] = []): boolean {
  return isOwn(headers, allowed, "host");
}

/** The same, but a page on any port of this host is allowed: the gateway's page uses the side services' ports. */
export function isOwnHost(headers: IncomingHttpHeaders, allowed: readonly string[] = []): boolean {
  return isOwn(headers, allowed, "hostname");
}

/** KASMIX_ALLOWED_ORIGINS: origins separated by commas. */
export function allowedOrigins(environment: NodeJS.ProcessEnv): string[] {
  return (environment.KASMIX_ALLOWED_ORIGINS ?? "").split(",").flatMap((origin) => origin.trim() || []);
}

/** Whether the origin is allowed, or equals one of the gateway's own names in this part of the URL. */
function isOwn(headers: IncomingHttpHeaders, allowed: readonly string[], part: "host" | "hostname"): boolean {
  const { origin, "sec-fetch-site": site } = headers;
  // Browsers send no Origin when a page loads an image or a frame; Sec-Fetch-Site then says which site it belongs to.
  if (origin === undefined) return OWN_SITES.includes(site);
  if (allowed.includes(origin)) return true;
  if (site === "cross-site" || !origin.startsWith("https://")) return false;
  const host = read(origin, part);
  const forwarded = headers["x-forwarded-host"];
  const own = [headers.host, typeof forwarded === "string" ? forwarded : undefined];
  return (
    host !== undefined && own.some((name) => name !== undefined && read(`https://${name}`, part) === host)
  );
}

/** A program, a page of this gateway, a typed address. */
const OWN_SITES: readonly unknown[] = [undefined, "same-origin", "none"];

function read(url: string, part: "host" | "hostname"): string | undefined {
  try {
    return new URL(url)[part];
  } catch {
    return undefined;
  }
}
