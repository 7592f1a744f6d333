import { GATEWAY_HEADER } from "../../wire/answer.ts";
import type { Client } from "./client-address.ts";

/**
 * Headers of every answer: security, and the one that marks it as the gateway's. `host` is the request's Host header, the
 * only host the client may open WebSockets to, and `scheme` that of its page. `frameAncestors` lists the sites that may
 * embed the page.
 */
export function securityHeaders(
  host: string | undefined,
  scheme: Client["scheme"],
  frameAncestors: string,
): Record<string, string> {
  const schemes = { https: ["wss"], http: ["ws"], unknown: ["wss", "ws"] }[scheme ?? "unknown"];
  const isName = host !== undefined && /^[A-Za-z0-9.:[\]-]+$/.test(host);
  const socket = isName ? schemes.map((name) => ` ${name}://${host}`).join("") : "";
  const embeddable = frameAncestors !== "'self'" && frameAncestors !== "'none'";
  return {
    [GATEWAY_HEADER]: "1",
    "Content-Security-Policy": [
      "default-src 'self'",
      // For the sound decoder in WebAssembly; this allows no scripts.
      "script-src 'self' 'wasm-unsafe-eval'",
      `connect-src 'self'${socket}`,
      "img-src 'self' data: blob:",
      "media-src 'self' blob:",
      "worker-src 'self' blob:",
      "object-src 'none'",
      "base-uri 'none'",
      "form-action 'none'",
      `frame-ancestors ${frameAncestors}`,
    ].join("; "),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": embeddable ? "cross-origin" : "same-origin",
    "Permissions-Policy":
      "clipboard-read=(self), clipboard-write=(self), fullscreen=(self), microphone=(self), gamepad=(self), camera=(self), geolocation=()",
  };
}

/** KASMIX_FRAME_ANCESTORS if it is a list of sources, else `'self'`: it must not smuggle in other directives. */
export function frameAncestors(environment: NodeJS.ProcessEnv): string {
  const value = environment.KASMIX_FRAME_ANCESTORS?.trim();
  return value && isSourceList(value) ? value : "'self'";
}

/** Whether a text is a list of sources as a directive of Content-Security-Policy has them. */
export function isSourceList(text: string): boolean {
  return /^[\x21-\x2b\x2d-\x3a\x3c-\x7e]+( +[\x21-\x2b\x2d-\x3a\x3c-\x7e]+)*$/.test(text);
}
