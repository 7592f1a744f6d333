import { portFrom } from "../gateway/listen.ts";
import type { Log } from "../log/log.ts";
import { EGRESS } from "./egress/server.ts";
import { LAUNCHER } from "./server.ts";

/** Settings of the launcher, the proxy and their policy. */
export interface LauncherSettings {
  /** Whether URLs are accepted over HTTP. */
  readonly enabled: boolean;
  readonly port: number;
  /** Port of the browser's DevTools on 127.0.0.1. */
  readonly cdpPort: number;
  /** Port of the proxy on 127.0.0.1. */
  readonly egressPort: number;
  /** Exceptions of the policy. */
  readonly allow: readonly string[];
  /** Ports of the container's own services, which the browser may not reach. */
  readonly ownPorts: readonly number[];
}

/** Kasm's ports, in use or not: sound and its source, uploads, microphone, gamepad, RFB. */
const KASM_PORTS = [4901, 4902, 4903, 4904, 4905, 5901, 8081];

/**
 * Reads LAUNCH_NAV_SHIM (0: no URLs over HTTP), NAV_SHIM_PORT (9998), CDP_PORT (9222), KASMIX_EGRESS_PORT (9997)
 * and KASMIX_EGRESS_ALLOW (separated by commas or blanks). An invalid port is logged and the default used.
 */
export function launcherSettings(
  environment: NodeJS.ProcessEnv,
  { ownPorts, log }: { ownPorts: readonly number[]; log: Log },
): LauncherSettings {
  const port = portFrom(environment, LAUNCHER, 9998, log);
  const cdpPort = portFrom(environment, { name: "launcher", setting: "CDP_PORT" }, 9222, log);
  const egressPort = portFrom(environment, EGRESS, 9997, log);
  return {
    enabled: environment.LAUNCH_NAV_SHIM !== "0",
    port,
    cdpPort,
    egressPort,
    allow: (environment.KASMIX_EGRESS_ALLOW ?? "").split(/[\s,]+/).filter(Boolean),
    ownPorts: [...ownPorts, port, cdpPort, egressPort, ...KASM_PORTS],
  };
}
