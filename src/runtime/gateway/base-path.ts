import type { Log } from "../log/log.ts";
import type { Route } from "./route.ts";

/**
 * KASMIX_BASE_PATH without its last slash: `/desk` for `/desk/`. An invalid one is logged and none used.
 *
 * @default "", the root
 */
export function basePath({ KASMIX_BASE_PATH: wanted = "" }: NodeJS.ProcessEnv, log: Log): string {
  if (/^(\/(?!\.{1,2}(\/|$))[\w.~-]+)*\/?$/.test(wanted)) return wanted.replace(/\/$/, "");
  const message =
    "KASMIX_BASE_PATH is no path: set what the proxy leaves before the desktop's own paths, such as /desk/, from letters, digits and - . _ ~ between slashes. Until then the desktop is at / alone.";
  log.error({ event: "gateway.base-path", value: wanted, message });
  return "";
}

/** A decoded path from the base on. One outside of the base stays: another proxy may remove the base, and probes ask without it. */
export function belowBase(path: string, base: string): string {
  return path.startsWith(`${base}/`) ? path.slice(base.length) : path;
}

/** Leads from the base to the same with a slash, which the page's relative addresses need. */
export function baseRoutes(base: string): Route[] {
  if (base === "") return [];
  return [
    {
      path: base,
      needs: "viewer",
      handle({ request, response }) {
        const [, query = ""] = /^[^?#]*(\?[^#]*)?/.exec(request.url ?? "") ?? [];
        // Relative, because a proxy may hide scheme, host and further parts of the path.
        response.writeHead(308, { Location: `${base.replace(/^.*\//, "")}/${query}` }).end();
      },
    },
  ];
}
