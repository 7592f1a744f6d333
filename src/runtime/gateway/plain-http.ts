import type { RequestListener } from "node:http";
import { GATEWAY_HEADER } from "../../wire/answer.ts";
import type { Log } from "../log/log.ts";

/**
 * Whether plain HTTP is answered like TLS, on the same port, instead of redirected to it: KASMIX_TLS=0, for a reverse
 * proxy that ends TLS. Logged, because everyone on the way to the proxy can read the passwords. @default false
 */
export function wantsPlainHttp({ KASMIX_TLS: wanted = "" }: NodeJS.ProcessEnv, log: Log): boolean {
  if (wanted === "" || wanted === "1") return false;
  if (wanted === "0") log.warn({ event: "gateway.plain", message: WARNING });
  else log.error({ event: "gateway.tls", value: wanted, message: INVALID });
  return wanted === "0";
}

/**
 * Redirects plain HTTP, except for a browser that uses https already, by the word of its proxy: it would be redirected to
 * the same address for ever. The answer and, once a minute, the log say what to do.
 */
export function redirectOnce(
  redirect: RequestListener,
  log: Log,
  now: () => number = () => performance.now(),
): RequestListener {
  let last = Number.NEGATIVE_INFINITY;
  return (request, response) => {
    const scheme = String(request.headers["x-forwarded-proto"] ?? "");
    if (request.url === "/healthz" || !/(^|,)\s*https\s*$/i.test(scheme)) return redirect(request, response);
    const headers = { [GATEWAY_HEADER]: "1", "Content-Type": "text/plain; charset=utf-8" };
    response.writeHead(400, { ...headers, Connection: "close" }).end(LOOP);
    if (now() - last < QUIET) return;
    last = now();
    log.warn({ event: "gateway.loop", message: LOOP });
  };
}

/** Milliseconds between two log lines. */
const QUIET = 60_000;
const LOOP =
  "A proxy asks by plain HTTP for browsers that use https. Set KASMIX_TLS=0, or let the proxy ask by https.";
const WARNING =
  "KASMIX_TLS=0: plain HTTP is answered too, so passwords and screen can be read between here and the proxy. Let the proxy alone reach the ports: a network of its own, or ports published on 127.0.0.1.";
const INVALID =
  "KASMIX_TLS is neither 0 nor 1: set 0 to answer plain HTTP behind a proxy that ends TLS. Until then TLS is required.";
