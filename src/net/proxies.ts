/** The proxy for each scheme of the addresses asked for; without one for https, that for http is used. */
export interface Proxies {
  readonly http?: string | undefined;
  readonly https?: string | undefined;
}

/** Never behind a proxy, as in skopeo. */
const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

/** The proxies that the environment names. */
export function environmentProxies(env: NodeJS.ProcessEnv): Proxies {
  const all = env.all_proxy || env.ALL_PROXY || undefined;
  return {
    http: env.http_proxy || env.HTTP_PROXY || all,
    https: env.https_proxy || env.HTTPS_PROXY || all,
  };
}

/** The hosts that are asked directly: those that the environment names, and this machine. apt wants no blanks in it. */
export function directHosts(env: NodeJS.ProcessEnv): string {
  const names = (env.no_proxy || env.NO_PROXY || "").split(/[\s,]+/).filter((name) => name !== "");
  return names.includes("*") ? "*" : [...names, ...LOOPBACK].join(",");
}

/**
 * The same proxies for the programs that Kasmix starts, in every spelling: apt reads only the lower case, Nix and git
 * read no HTTP_PROXY, skopeo no ALL_PROXY, and most of them no proxy for http where https has none. Empty without a
 * proxy.
 */
export function proxyVariables(env: NodeJS.ProcessEnv): Record<string, string> {
  const { http, https = http } = environmentProxies(env);
  if (https === undefined) return {};
  const named = {
    ...(http === undefined ? {} : { http_proxy: proxyUrl(http) }),
    https_proxy: proxyUrl(https),
    no_proxy: directHosts(env),
  };
  const upper = Object.entries(named).map(([name, value]) => [name.toUpperCase(), value]);
  return { ...named, ...Object.fromEntries(upper) };
}

/** An address of a proxy with its scheme: `proxy.example:3128` is `http://proxy.example:3128`. */
export function proxyUrl(address: string): string {
  return address === "" || address.includes("://") ? address : `http://${address}`;
}
