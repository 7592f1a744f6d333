import type { Log } from "../log/log.ts";
import { LONGEST_URL } from "./rules.ts";

/** One request to the launcher, as the log tells it. Everything but a token. */
export interface AuditRecord {
  /** Remote address, or `control` for who comes through the control socket. */
  readonly who: string;
  readonly method: string;
  readonly path: string;
  /** What was to be opened, if the request got as far as that. */
  readonly url?: unknown;
  readonly status: number;
  readonly reason?: string;
  readonly message?: string;
  readonly frameId?: string;
}

/** Writes the one line of a request. `verdict` is what was said before the browser was asked, not whether it could. */
export function audit(log: Log, { who, method, path, url, status, ...rest }: AuditRecord): void {
  // A token may stand in the query of a client that does not know the contract.
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
  // Whoever reads it otherwise may find a user in it: rather too much is cut than too little.
  const scheme = /^\s*[a-z][a-z0-9+.-]*:/i.exec(text)?.[0] ?? "";
  return scheme + text.slice(scheme.length).replace(/[^/\\]*@/g, "");
}

function cut(text: string): string {
  return text.slice(0, LONGEST_URL);
}
