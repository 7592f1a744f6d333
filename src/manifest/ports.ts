import { CONTAINER_PORT } from "../engine/container-options.ts";
import type { ResolvedWorkspace } from "../model/resolve.ts";
import type { Deployment } from "./deployment.ts";

/** A port of the workspace, by the name that Service and container give it. */
export interface NamedPort {
  readonly name: string;
  readonly port: number;
}

/** Desktop, client and health checks. */
export const DESKTOP_PORT: NamedPort = { name: "desktop", port: CONTAINER_PORT };

/** Further ports that Kasm's own page needs; Kasmix's client uses the desktop's port for everything. */
export const SIDE_PORTS: readonly NamedPort[] = [
  { name: "sound", port: 4901 },
  { name: "uploads", port: 4902 },
  { name: "microphone", port: 4903 },
  { name: "gamepad", port: 4904 },
];

/** Every port of a deployment. */
export function portsOf(deployment: Deployment): NamedPort[] {
  const launcher = launcherPort(deployment.workspace);
  return [...publicPorts(deployment), ...(launcher ? [launcher] : [])];
}

/** Ports that are open to everyone: they ask for a password. */
export function publicPorts({ sidePorts }: Deployment): NamedPort[] {
  return [DESKTOP_PORT, ...(sidePorts ? SIDE_PORTS : [])];
}

/** The URL launcher's port, `undefined` in a workspace that has no launcher or has it switched off. */
export function launcherPort({ launcher, environment }: ResolvedWorkspace): NamedPort | undefined {
  if (launcher === undefined || environment.LAUNCH_NAV_SHIM === "0") return undefined;
  return { name: "launcher", port: Number(environment.NAV_SHIM_PORT ?? 9998) };
}
