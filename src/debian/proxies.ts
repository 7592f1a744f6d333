import { KasmixError } from "../model/error.ts";
import { environmentProxies, type Proxies } from "../net/proxies.ts";
import { runApt } from "./apt.ts";

/** The proxies that the machine's apt uses; those of the environment where there is no apt. */
export async function aptProxies(): Promise<Proxies> {
  const dump = await runApt("apt-config", ["dump", "Acquire"]).catch((error: unknown) => {
    if (error instanceof KasmixError && error.code === "E_MACHINE") return { stdout: "" };
    throw error;
  });
  return parseProxies(dump.stdout, process.env);
}

/** Reads proxies from `apt-config dump`; as in apt, its settings win over the environment's. */
export function parseProxies(dump: string, env: NodeJS.ProcessEnv): Proxies {
  const proxies = environmentProxies(env);
  const proxy = (scheme: "http" | "https") => {
    const set = new RegExp(`^Acquire::${scheme}::Proxy "([^"]*)";$`, "im").exec(dump)?.[1];
    const value = set || proxies[scheme];
    return value === "DIRECT" || value === "false" ? undefined : value;
  };
  // apt asks the proxy for http where none is set for https.
  return { http: proxy("http"), https: proxy("https") ?? proxy("http") };
}
