import { portFrom } from "../gateway/listen.ts";
import type { Log } from "../log/log.ts";
import { EGRESS } from "./egress/server.ts";
import { LAUNCHER } from "./server.ts";

/** What the container's environment says about the launcher, the proxy and their policy. */
export interface LauncherSettings {
  /** Whether URLs are taken by HTTP at all. */
  readonly enabled: boolean;
  readonly port: number;
  /** Port of the browser's DevTools on 127.0.0.1. */
  readonly cdpPort: number;
  /** Port of the proxy on 127.0.0.1. */
  readonly egressPort: number;
  readonly token: string | undefined;
  /** What is let in besides the internet. */
  readonly allow: readonly string[];
  /** Where the container's own services listen, so that nothing is let in there. */
  readonly ownPorts: readonly number[];
}

/** Sound and its source, uploads, microphone, gamepad, RFB: Kasm's ports, whether or not somebody listens. */
const KASM_PORTS = [4901, 4902, 4903, 4904, 4905, 5901, 8081];

/**
 * Reads LAUNCH_NAV_SHIM (with 0 no URLs are taken by HTTP), NAV_SHIM_PORT (9998), CDP_PORT (9222), KASMIX_EGRESS_PORT
 * (9997), URL_LAUNCHER_TOKEN (else the owner's password) and KASMIX_EGRESS_ALLOW (separated by commas or blanks). What
 * is no port is logged, and the default is taken.
 */
export function launcherSettings(
  environment: NodeJS.ProcessEnv,
  { password, ownPorts, log }: { password: string | undefined; ownPorts: readonly number[]; log: Log },
): LauncherSettings {
  const port = portFrom(environment, LAUNCHER, 9998, log);
  const cdpPort = portFrom(environment, { name: "launcher", setting: "CDP_PORT" }, 9222, log);
  const egressPort = portFrom(environment, EGRESS, 9997, log);
  return {
    enabled: environment.LAUNCH_NAV_SHIM !== "0",
    port,
    cdpPort,
    egressPort,
    token: environment.URL_LAUNCHER_TOKEN || password,
    allow: (environment.KASMIX_EGRESS_ALLOW ?? "").split(/[\s,]+/).filter(Boolean),
    ownPorts: [...ownPorts, port, cdpPort, egressPort, ...KASM_PORTS],
  };
}
