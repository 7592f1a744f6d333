import type { IncomingHttpHeaders } from "node:http";

/**
 * Whether a request comes from a page of this gateway: a browser sends cookies and passwords along
 * for foreign pages too. Programs send no Origin. Behind a proxy the public name is in X-Forwarded-Host, which
 * no page can set; `allowed` names further origins.
 */
export function isSameOrigin(headers: IncomingHttpHeaders, allowed: readonly string[] = []): boolean {
  return isOwn(headers, allowed, "host");
}

/** The same, with pages on other ports of the host let in: a page of the gateway that asks another port of it. */
export function isOwnHost(headers: IncomingHttpHeaders, allowed: readonly string[] = []): boolean {
  return isOwn(headers, allowed, "hostname");
}

/** KASMIX_ALLOWED_ORIGINS: origins separated by commas. */
export function allowedOrigins(environment: NodeJS.ProcessEnv): string[] {
  return (environment.KASMIX_ALLOWED_ORIGINS ?? "").split(",").flatMap((origin) => origin.trim() || []);
}

/** Whether the origin is allowed, or agrees with an own name in this part of its address. */
function isOwn(headers: IncomingHttpHeaders, allowed: readonly string[], part: "host" | "hostname"): boolean {
  const { origin } = headers;
  // A browser leaves the origin out where a page only fetches a picture or a frame, and says whose page it is.
  if (origin === undefined) return OWN_SITES.includes(headers["sec-fetch-site"]);
  if (allowed.includes(origin)) return true;
  const host = read(origin, part);
  const forwarded = headers["x-forwarded-host"];
  const own = [headers.host, typeof forwarded === "string" ? forwarded : undefined];
  return (
    host !== undefined && own.some((name) => name !== undefined && read(`https://${name}`, part) === host)
  );
}

/** A program, a page of this very gateway, somebody who has typed the address. */
const OWN_SITES: readonly unknown[] = [undefined, "same-origin", "none"];

function read(url: string, part: "host" | "hostname"): string | undefined {
  try {
    return new URL(url)[part];
  } catch {
    return undefined;
  }
}
