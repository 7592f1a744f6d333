import type { IncomingMessage } from "node:http";
import type { TLSSocket } from "node:tls";
import type { Log } from "../log/log.ts";
import { isWithin, parseAddress, parseRange, type Range } from "./address.ts";

/** The sender of a request, as far as it is believed. */
export interface Client {
  /** IPv4, or IPv6 without a zone; empty when the connection has ended. */
  readonly address: string;
  /** What the browser's address begins with; undefined when only an unknown proxy could know it. */
  readonly scheme: "http" | "https" | undefined;
}

/** Reverse proxies whose word about their clients is believed. */
export interface TrustedProxies {
  /** Whether the peer of a connection is one of them. */
  has(address: string | undefined): boolean;
  /**
   * The sender of a request. A trusted proxy's X-Forwarded-For is read from the right, up to the first address that is
   * no trusted proxy: what is left of it may be forged. Its X-Forwarded-Proto names the scheme.
   */
  clientOf(request: Pick<IncomingMessage, "headers" | "socket">): Client;
}

/** KASMIX_TRUSTED_PROXIES: addresses and networks ("10.0.0.0/8"), separated by commas or blanks. Others are logged. */
export function trustedProxies(environment: NodeJS.ProcessEnv, log: Log): TrustedProxies {
  const ranges = (environment.KASMIX_TRUSTED_PROXIES ?? "").split(/[\s,]+/).flatMap((text) => {
    const range = text === "" ? undefined : parseRange(text);
    // A prefix of length 0 trusts everybody: each client could then claim any address.
    if (text === "" || (range && range[1] > 0)) return range ? [range] : [];
    const message = `KASMIX_TRUSTED_PROXIES: "${text}" is left out. Name addresses and networks of proxies, such as 192.0.2.7 and 10.0.0.0/8.`;
    log.error({ event: "gateway.proxies", entry: text, message });
    return [];
  });
  return createTrustedProxies(ranges);
}

/** @default no proxies: the connection's address and scheme count */
export function createTrustedProxies(ranges: readonly Range[] = []): TrustedProxies {
  const has = (text: string | undefined) => {
    const address = parseAddress(cleanAddress(text ?? ""));
    return address !== undefined && ranges.some((range) => isWithin(address, range));
  };
  return {
    has,
    clientOf({ headers, socket }) {
      const peer = cleanAddress(socket.remoteAddress ?? "");
      const direct = (socket as Partial<TLSSocket>).encrypted ? "https" : undefined;
      if (!has(peer)) return { address: peer, scheme: direct };
      const address = lastForeign(peer, listOf(headers["x-forwarded-for"]), has);
      return { address, scheme: schemeIn(headers["x-forwarded-proto"]) ?? direct };
    },
  };
}

/**
 * The networks that one person may have many addresses of, the narrowest first: an IPv4 address alone; of IPv6 the /64
 * of a host and the /48 of a site.
 */
export function networksOf(text: string): readonly string[] {
  const clean = cleanAddress(text);
  const address = parseAddress(clean);
  if (address?.kind() !== "ipv6") return [clean];
  const hex = Buffer.from(address.toByteArray()).toString("hex");
  return [`${hex.slice(0, 16)}/64`, `${hex.slice(0, 12)}/48`];
}

function lastForeign(peer: string, forwarded: readonly string[], has: TrustedProxies["has"]): string {
  let believed = peer;
  for (const entry of [...forwarded].reverse()) {
    const address = cleanAddress(entry);
    if (!parseAddress(address)) return believed;
    believed = address;
    if (!has(believed)) return believed;
  }
  return believed;
}

/** An address without brackets, port and zone, and IPv4 that is embedded in IPv6 as IPv4. */
function cleanAddress(text: string): string {
  const bare = /^\[([^\]]*)\](:\d+)?$/.exec(text)?.[1] ?? text.replace(/^(\d+(\.\d+){3}):\d+$/, "$1");
  return bare.replace(/%.*$/, "").replace(/^::ffff:(?=\d+(\.\d+){3}$)/i, "");
}

/** The proxy that the gateway sees adds its word at the end. */
function schemeIn(header: string | string[] | undefined): Client["scheme"] {
  const scheme = listOf(header).at(-1)?.toLowerCase();
  return scheme === "http" || scheme === "https" ? scheme : undefined;
}

function listOf(header: string | string[] | undefined): string[] {
  return [header ?? []]
    .flat()
    .join(",")
    .split(",")
    .flatMap((entry) => entry.trim() || []);
}
