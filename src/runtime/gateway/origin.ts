import type { IncomingHttpHeaders } from "node:http";

/**
 * Whether a WebSocket handshake comes from a page of this gateway: a browser sends cookies and passwords along
 * for foreign pages too. Programs send no Origin. Behind a proxy the public name is in X-Forwarded-Host, which
 * no page can set; `allowed` names further origins.
 */
export function isSameOrigin(headers: IncomingHttpHeaders, allowed: readonly string[] = []): boolean {
  const { origin } = headers;
  if (origin === undefined) return true;
  if (allowed.includes(origin)) return true;
  const host = hostOf(origin);
  const forwarded = headers["x-forwarded-host"];
  const own = [headers.host, typeof forwarded === "string" ? forwarded : undefined];
  return host !== undefined && own.some((name) => name !== undefined && hostOf(`https://${name}`) === host);
}

/** KASMIX_ALLOWED_ORIGINS: origins separated by commas. */
export function allowedOrigins(environment: NodeJS.ProcessEnv): string[] {
  return (environment.KASMIX_ALLOWED_ORIGINS ?? "").split(",").flatMap((origin) => origin.trim() || []);
}

function hostOf(url: string): string | undefined {
  try {
    return new URL(url).host;
  } catch {
    return undefined;
  }
}
