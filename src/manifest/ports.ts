import { CONTAINER_PORT } from "../engine/shape.ts";
import type { ResolvedWorkspace } from "../model/resolve.ts";

/** A port of the workspace, by the name that Service and container give it. */
export interface NamedPort {
  readonly name: string;
  readonly port: number;
}

/** Desktop, client and health checks. */
export const DESKTOP_PORT: NamedPort = { name: "desktop", port: CONTAINER_PORT };

/** What Kasm's own page needs besides; Kasmix's client has all of it on the desktop's port. */
export const SIDE_PORTS: readonly NamedPort[] = [
  { name: "sound", port: 4901 },
  { name: "uploads", port: 4902 },
  { name: "microphone", port: 4903 },
  { name: "gamepad", port: 4904 },
];

/** Where gluetun tells whether the tunnel stands. */
export const VPN_HEALTH_PORT = 9999;

/** The port of WireGuard, which is the one that the tunnel needs to the outside. */
export const VPN_TUNNEL_PORT = 51820;

/** The launcher's port; none in a workspace without one. */
export function launcherPorts({ launcher, environment }: ResolvedWorkspace): NamedPort[] {
  if (launcher === undefined || environment.LAUNCH_NAV_SHIM === "0") return [];
  return [{ name: "launcher", port: Number(environment.NAV_SHIM_PORT ?? 9998) }];
}
