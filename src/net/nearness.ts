import { lookup } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import ipaddr from "ipaddr.js";
import { type AddressKind, faultsOf } from "../runtime/launcher/blocked.ts";

/**
 * How near a network is to this machine: 0 is the internet, 1 a private network, 2 the link (where clouds keep their
 * secrets), 3 this machine.
 */
export type Nearness = 0 | 1 | 2 | 3;

/** The nearness of an IP address, or of what a host name says by itself; undefined for other names. */
export function nearnessOf(host: string): Nearness | undefined {
  const name = host.replace(/^\[|\]$/g, "").replace(/\.$/, "");
  if (/(^|\.)localhost$/i.test(name)) return 3;
  const plain = name.replace(/%.*$/, "");
  if (isIP(plain) === 0) return undefined;
  const kinds = faultsOf(ipaddr.parse(plain)).map(({ kind }) => NEARNESS[kind]);
  return Math.max(0, ...kinds) as Nearness;
}

const NEARNESS: Readonly<Record<AddressKind, Nearness>> = {
  private: 1,
  reserved: 1,
  multicast: 1,
  "link-local": 2,
  metadata: 2,
  loopback: 3,
  unspecified: 3,
};

/** An address lies nearer than the one that led to it. */
export class TooNear extends Error {
  readonly code = "TOO_NEAR";

  constructor() {
    super("it leads into a network that is nearer to this machine than its own, such as a private one");
  }
}

/** Looks names up, notes their nearness, and fails with TooNear for those beyond `most`. */
export function lookupWithin(
  most: Nearness,
  note: (host: string, nearness: Nearness) => void,
): LookupFunction {
  return (host, options, callback) =>
    lookup(host, options, (error, found, family) => {
      if (error) return callback(error, found, family);
      const addresses = typeof found === "string" ? [found] : found.map(({ address }) => address);
      const nearness = Math.max(...addresses.map((address) => nearnessOf(address) ?? 0)) as Nearness;
      note(host, nearness);
      if (nearness > most) callback(new TooNear(), found, family);
      else callback(null, found, family);
    });
}
