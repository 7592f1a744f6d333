import { hostname, networkInterfaces } from "node:os";
import { type Address, parseAddress } from "../gateway/address.ts";
import type { Log } from "../log/log.ts";
import { readAllowList } from "./allow-list.ts";
import { createLookup, type Lookup } from "./lookup.ts";
import { plainName } from "./names.ts";
import {
  type AcceptedUrl,
  type Destination,
  judgeAddress,
  judgeHost,
  judgeUrl,
  type Own,
  type Refused,
  type Rules,
  refuse,
} from "./rules.ts";

/** A destination with its judged addresses: connect to these, without another lookup. */
export type Located<T extends Destination = Destination> = T & { readonly addresses: readonly string[] };

/** Decides what the browser may open and connect to, for both the launcher and the proxy. */
export interface Policy {
  /** Judges a URL and every address of its host. */
  judgeUrl(text: unknown): Promise<Located<AcceptedUrl> | Refused>;
  /** Judges a host in the form of `new URL`, a port, and every address of the host. */
  judgeHost(host: string, port: number): Promise<Located | Refused>;
}

export interface PolicyOptions {
  /** Allowed names, addresses and ranges, see `readAllowList`. @default none */
  readonly allow?: readonly string[];
  /** Ports of the container's own services; never allowed on its loopback. @default none */
  readonly ports?: readonly number[];
  /** @default the container's name and its current addresses */
  readonly own?: () => Pick<Own, "names" | "addresses">;
  /** @default createLookup() */
  readonly lookup?: Lookup;
  readonly log: Log;
}

/** Creates the policy with its exceptions. An invalid exception is logged and ignored. */
export function createPolicy({
  allow = [],
  ports = [],
  own = ownIdentity,
  lookup = createLookup(),
  log,
}: PolicyOptions): Policy {
  const allowList = readAllowList(allow, (entry) =>
    log.error({
      event: "egress.allow",
      entry,
      message: `KASMIX_EGRESS_ALLOW: "${entry}" is invalid and ignored. Write a name (wiki.corp.example, .corp.example), an address or a range (10.1.0.0/16).`,
    }),
  );
  const rules = (): Rules => ({ own: { ...own(), ports }, allow: allowList });
  return {
    judgeUrl: async (text) => {
      const current = rules();
      return locate(judgeUrl(text, current), current, lookup);
    },
    judgeHost: async (host, port) => {
      const current = rules();
      return locate(judgeHost(host, port, current), current, lookup);
    },
  };
}

/** The container's name and its external addresses. */
export function ownIdentity(): { readonly names: readonly string[]; readonly addresses: readonly Address[] } {
  const addresses = Object.values(networkInterfaces())
    .flatMap((entries) => entries ?? [])
    .filter(({ internal }) => !internal)
    .flatMap(({ address }) => parseAddress(address.replace(/%.*/, "")) ?? []);
  return { names: [plainName(hostname())], addresses };
}

async function locate<T extends Destination>(
  judged: T | Refused,
  rules: Rules,
  lookup: Lookup,
): Promise<Located<T> | Refused> {
  if (judged.verdict === "refused") return judged;
  // The rules have already judged a host that is an address; judging it twice does no harm.
  const found = parseAddress(judged.host) ? { addresses: [judged.host] } : await lookup(judged.host);
  if ("reason" in found) return refuse(found.reason, judged.host);
  const fault = found.addresses.map((address) => judgeAddress(address, judged, rules)).find(Boolean);
  return fault ?? { ...judged, addresses: found.addresses };
}
