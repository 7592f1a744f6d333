import type { IncomingMessage } from "node:http";
import type { RefusalCause } from "../../wire/answer.ts";
import type { Log } from "../log/log.ts";
import { BoundedMap } from "../uploads/bounded-map.ts";

/** Remembers and logs the refusals that a reverse proxy may have caused, so that page and log can say what to set. */
export interface RefusedPages {
  /** Notes a refused request or WebSocket. */
  note(cause: RefusalCause, request: IncomingMessage): void;
  /** Why the last WebSocket of the page that a request names was refused; told once, since the next may be accepted. */
  takeCause(request: IncomingMessage): RefusalCause | undefined;
}

/** Pages that are remembered. */
const MOST_PAGES = 256;
/** Milliseconds between two lines of one cause: anybody can send such requests. */
const PAUSE = 60_000;

/** `now` gives milliseconds. */
export function createRefusedPages(log: Log, now: () => number = () => performance.now()): RefusedPages {
  const causes = new BoundedMap<RefusalCause>(MOST_PAGES);
  const logged = new Map<RefusalCause, { readonly time: number; unsaid: number }>();
  return {
    note(cause, request) {
      const page = pageOf(request);
      if (page !== null) causes.set(page, cause);
      const message = ADVICE[cause]?.(request);
      if (message === undefined) return;
      const last = logged.get(cause);
      if (last && now() - last.time < PAUSE) {
        last.unsaid += 1;
        return;
      }
      logged.set(cause, { time: now(), unsaid: 0 });
      const unsaid = last?.unsaid ? { unsaid: last.unsaid } : {};
      log.warn({ event: `gateway.${cause}-refused`, message, ...unsaid });
    },
    takeCause: (request) => causes.take(pageOf(request) ?? ""),
  };
}

/** The id that a page of ours adds to the address of its WebSocket. It is shown to others, so no other form of it is. */
export function pageOf({ url = "" }: IncomingMessage): string | null {
  const page = new URLSearchParams(url.split("?")[1]).get("page");
  return page !== null && /^[\w-]{1,40}$/.test(page) ? page : null;
}

/** A wrong password is no proxy's fault, so it is not logged here. */
const ADVICE: Readonly<Partial<Record<RefusalCause, (request: IncomingMessage) => string>>> = {
  origin({ headers: { origin, host, "x-forwarded-host": forwarded } }) {
    const names = [host ?? "none", ...(forwarded === undefined ? [] : [`X-Forwarded-Host ${forwarded}`])];
    const seen = `A page at ${shown(origin)} was refused, because it counts as another site's: Host is ${shown(names.join(", "))}.`;
    return `${seen} If it is this desktop's behind a reverse proxy: serve it by https, and let the proxy pass on the browser's Host or send X-Forwarded-Host; or list the page's origin in KASMIX_ALLOWED_ORIGINS.`;
  },
  upgrade: ({ url }) =>
    `A WebSocket to ${shown(url?.split("?")[0])} came without its Upgrade header. Let the reverse proxy pass on the WebSocket upgrade headers, Upgrade and Connection; nginx needs proxy_http_version 1.1 too.`,
};

/** What strangers send may be long. */
function shown(text = "an unknown address"): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
