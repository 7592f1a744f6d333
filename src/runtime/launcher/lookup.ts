import { Resolver } from "node:dns/promises";
import { readFile } from "node:fs/promises";
import { isIP } from "node:net";
import { plainName } from "./names.ts";

/** All addresses of a name, IPv4 first, or why there are none. */
export type Found =
  | { readonly addresses: readonly string[] }
  | { readonly reason: "unresolved" | "resolve-timeout" };

/** Looks up the addresses of a fully qualified name. */
export type Lookup = (name: string) => Promise<Found>;

export interface LookupOptions {
  /** Name servers, "10.0.0.2" or "10.0.0.2:5353". @default those of /etc/resolv.conf */
  readonly servers?: readonly string[];
  /** Table of names that takes precedence over the name servers. @default "/etc/hosts" */
  readonly hosts?: string;
  /** Milliseconds for the whole lookup. @default 5000 */
  readonly timeout?: number;
}

/**
 * Looks names up in /etc/hosts, else asks the name servers for A and AAAA records; every address counts. Without search
 * domains, since names are fully qualified. Nothing is cached, and both files are read each time, since they may
 * change.
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

/** The addresses of a name in a table such as /etc/hosts. */
export function addressesIn(table: string, name: string): string[] {
  return table.split("\n").flatMap((line) => {
    const [address = "", ...names] = line.replace(/#.*/, "").split(/\s+/).filter(Boolean);
    return isIP(address) && names.some((listed) => plainName(listed) === name) ? [address] : [];
  });
}

/** A failed query of one family is ignored: connections only go to the addresses that were found. */
function judge(answers: readonly PromiseSettledResult<string[]>[]): Found {
  const addresses = answers.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []));
  if (addresses.length > 0) return { addresses };
  const isLate = answers.some(
    (answer) => answer.status === "rejected" && ["ETIMEOUT", "ECANCELLED"].includes(answer.reason?.code),
  );
  return { reason: isLate ? "resolve-timeout" : "unresolved" };
}
