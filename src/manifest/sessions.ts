import { containerName } from "../engine/container-options.ts";
import type { Lenient } from "../model/lenient.ts";
import type { ResolvedWorkspace } from "../model/resolve.ts";
import type { Resources } from "../model/types.ts";

/** The people who get a desktop each, and how they reach it: docs/operate/deploy.md. */
export interface Sessions {
  /** People without a host of their own get a name below this one. */
  readonly host?: string;
  readonly idle?: string;
  readonly gateway?: Gateway;
  readonly sessions: readonly Session[];
}

/** A Gateway of Kubernetes' Gateway API. */
export interface Gateway {
  readonly name: string;
  readonly namespace?: string;
  readonly networks?: readonly string[];
}

/** One person's desktop. */
export interface Session {
  readonly name: string;
  readonly host?: string;
  readonly path?: string;
  readonly existingSecret?: string;
  readonly storage?: string;
  readonly resources?: Resources;
}

/** Host name and path of a desktop; the path has a slash at both ends. */
export interface Address {
  readonly host: string;
  readonly path: string;
}

/** A person's desktop, with the workspace's settings where the person has none. */
export interface Desk {
  readonly session: Session;
  /** The name of everything that belongs to it: `kasmix-desktop-alice`. */
  readonly name: string;
  /** Where its password is. */
  readonly secret: string;
  readonly address: Address | undefined;
  readonly workspace: ResolvedWorkspace;
}

/** The desktops of all people, in the file's order. None depends on the others. */
export function desksOf(workspace: ResolvedWorkspace, { host, sessions }: Sessions): Desk[] {
  return sessions.map((session) => {
    const name = sessionName(workspace.name, session.name);
    const resources = { ...workspace.resources, ...session.resources };
    return {
      ...{ session, name, secret: session.existingSecret ?? name },
      address: addressOf(session, host),
      workspace: { ...workspace, resources },
    };
  });
}

/** Where a person's desktop is; undefined without a host name. */
export function addressOf(session: Lenient<Session>, above: string | undefined): Address | undefined {
  const { name, path = "/" } = session;
  const below = path === "/" ? above && `${name}.${above}` : above;
  const host = session.host ?? below;
  return host === undefined ? undefined : { host, path };
}

/** The name of all objects of a person's desktop. */
export function sessionName(workspace: string, session: string): string {
  return `${containerName(workspace)}-${session}`;
}

/** What a desktop must know of the proxy in front of it. */
export interface Surroundings {
  /** Networks of the proxy. */
  readonly networks: readonly string[];
  readonly idle: string | undefined;
  /** What happens to a desktop that nobody uses. */
  readonly end: "disconnect" | "stop";
}

/** The variables of a desktop that people reach through a proxy: docs/operate/runtime.md. */
export function environmentOf(
  { address }: Desk,
  { networks, idle, end }: Surroundings,
): Record<string, string> {
  return {
    ...(address === undefined ? {} : { KASMIX_TLS: "0" }),
    ...(address === undefined || address.path === "/" ? {} : { KASMIX_BASE_PATH: address.path }),
    ...(networks.length === 0 ? {} : { KASMIX_TRUSTED_PROXIES: networks.join(",") }),
    ...(idle === undefined ? {} : { KASMIX_IDLE_LIMIT: idle, KASMIX_SESSION_END: end }),
  };
}
