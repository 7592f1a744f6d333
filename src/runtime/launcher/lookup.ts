import { Resolver } from "node:dns/promises";
import { readFile } from "node:fs/promises";
import { isIP } from "node:net";
import { plainName } from "./names.ts";

/** Every address of a name, IPv4 first, or why there is none. */
export type Found =
  | { readonly addresses: readonly string[] }
  | { readonly reason: "unresolved" | "resolve-timeout" };

/** Asks for the addresses of a full name. */
export type Lookup = (name: string) => Promise<Found>;

export interface LookupOptions {
  /** Name servers, "10.0.0.2" or "10.0.0.2:5353". @default those of /etc/resolv.conf */
  readonly servers?: readonly string[];
  /** Table of names that the name servers are not asked for. @default "/etc/hosts" */
  readonly hosts?: string;
  /** Milliseconds for all of it. @default 5000 */
  readonly timeout?: number;
}

/**
 * Looks names up as the rest of the container does: /etc/hosts, else the name servers, of which A and AAAA are wanted
 * and every address counts. No search domains: a name is full. Nothing is remembered, and both files are read each time,
 * since they may change.
 */
export function createLookup({ servers, hosts = "/etc/hosts", timeout = 5_000 }: LookupOptions = {}): Lookup {
  return async (name) => {
    const listed = addressesIn(await readFile(hosts, "utf8").catch(() => ""), name);
    if (listed.length > 0) return { addresses: listed };
    const resolver = new Resolver({ timeout: Math.floor(timeout / 3), tries: 2 });
    if (servers) resolver.setServers(servers);
    const timer = setTimeout(() => resolver.cancel(), timeout);
    try {
      return judge(await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]));
    } finally {
      clearTimeout(timer);
    }
  };
}

/** Addresses that a table in the form of /etc/hosts gives a name. */
export function addressesIn(table: string, name: string): string[] {
  return table.split("\n").flatMap((line) => {
    const [address = "", ...names] = line.replace(/#.*/, "").split(/\s+/).filter(Boolean);
    return isIP(address) && names.some((listed) => plainName(listed) === name) ? [address] : [];
  });
}

/** A family whose question fails is left out: who connects only connects to what was found. */
function judge(answers: readonly PromiseSettledResult<string[]>[]): Found {
  const addresses = answers.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []));
  if (addresses.length > 0) return { addresses };
  const isLate = answers.some(
    (answer) => answer.status === "rejected" && ["ETIMEOUT", "ECANCELLED"].includes(answer.reason?.code),
  );
  return { reason: isLate ? "resolve-timeout" : "unresolved" };
}
