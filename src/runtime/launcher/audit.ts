import type { Log } from "../log/log.ts";
import { LONGEST_URL } from "./rules.ts";

/** A request to the launcher, for the log. Never contains a token. */
export interface AuditRecord {
  /** Remote address, or `control` for the control socket. */
  readonly who: string;
  readonly method: string;
  readonly path: string;
  /** The URL to open, if the request was read that far. */
  readonly url?: unknown;
  readonly status: number;
  readonly reason?: string;
  readonly message?: string;
  readonly frameId?: string;
}

/** Logs a request. `verdict` is the policy's decision, whether or not the browser then opened the page. */
export function audit(log: Log, { who, method, path, url, status, ...rest }: AuditRecord): void {
  // A client may wrongly send the token in the query.
  const request = { who, method, path: cut(path.replace(/[?#].*/s, "")) };
  const given = typeof url === "string" ? { url: readable(url) } : {};
  const verdict = [200, 502, 503].includes(status) ? "accepted" : "refused";
  const fields = { event: "launcher.request", ...request, ...given, verdict, status, ...rest };
  if (status === 200) log.info(fields);
  else log.warn(fields);
}

/** A URL without user name and password, cut to 2048 characters. */
export function readable(url: string): string {
  return cut(withoutUser(url));
}

function withoutUser(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^(https?|wss?|ftp):$/.test(url.protocol)) {
    url.username = "";
    url.password = "";
    return url.href;
  }
  // Other parsers may find credentials in it: cut too much rather than too little.
  const scheme = /^\s*[a-z][a-z0-9+.-]*:/i.exec(text)?.[0] ?? "";
  return scheme + text.slice(scheme.length).replace(/[^/\\]*@/g, "");
}

function cut(text: string): string {
  return text.slice(0, LONGEST_URL);
}
