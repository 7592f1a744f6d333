import type { IncomingHttpHeaders } from "node:http";
import type { Log } from "../log/log.ts";
import type { SidePort, SideService } from "../side/service.ts";
import type { Authenticator } from "./auth.ts";
import type { LiveIdentity } from "./live-identity.ts";
import { isOwnHost, isSameOrigin } from "./origin.ts";
import { ownRoutes, type Told } from "./own-routes.ts";
import { GATEWAY } from "./port.ts";
import type { Site } from "./routes.ts";
import { openSecurePort } from "./secure-port.ts";
import type { Websockify } from "./websockify.ts";

/** The doors of the container. */
export interface Gateway {
  /** Port it listens on, once it does. */
  port(): number | undefined;
  /** The number of a side service's port, once it listens, by the name of its listener. */
  sidePort(name: string): number | undefined;
  close(): void;
}

export interface GatewayOptions extends Omit<Told, "clients"> {
  /** @default none: the display server itself listens for browsers, and there are only the side services' ports */
  readonly port?: number;
  readonly identity: LiveIdentity;
  readonly authenticator: Authenticator;
  readonly frameAncestors: string;
  readonly websockify: Websockify;
  readonly allowedOrigins: readonly string[];
  readonly log: Log;
  /** Milliseconds a client has for its first byte, for the TLS handshake, and for a request's headers. @default 10000 */
  readonly patience?: number;
}

const PATIENCE = 10_000;

/**
 * Opens the one port that everything goes through, and those that the side services have for clients of Kasm's kind.
 * All share certificate and passwords; wrong passwords on one slow the others down too.
 */
export function startGateway(options: GatewayOptions): Gateway {
  const { port, identity, websockify, services, log } = options;
  const main =
    port === undefined
      ? undefined
      : openSecurePort({ port, listener: GATEWAY, identity, site: mainSite(options), log });
  const sidePorts = services.flatMap(({ ports = [] }) => ports);
  const side = new Map(
    sidePorts.map((sidePort) => {
      const { number, listener } = sidePort;
      const site = sideSite(sidePort, options);
      return [listener.name, openSecurePort({ port: number, listener, identity, site, log })];
    }),
  );
  return {
    port: () => main?.number(),
    sidePort: (name) => side.get(name)?.number(),
    close() {
      identity.close();
      websockify.close();
      for (const service of services) service.close();
      for (const open of [main, ...side.values()]) open?.close();
    },
  };
}

function mainSite(options: GatewayOptions): Site {
  const { authenticator, frameAncestors, allowedOrigins, websockify, services } = options;
  return {
    patience: options.patience ?? PATIENCE,
    authenticator,
    frameAncestors,
    cookies: true,
    isOwnPage: (headers) => isSameOrigin(headers, allowedOrigins),
    routes: [
      ...services.flatMap(routesOf),
      ...ownRoutes({ ...options, clients: websockify.visitors.counts }),
    ],
    sockets: [
      { path: "/websockify", needs: "viewer", upgrade: websockify.upgrade },
      ...services.flatMap(({ sockets = [] }) => sockets),
    ],
  };
}

function routesOf({ routes = [] }: SideService) {
  return routes;
}

/**
 * A page on another port of this host belongs to another origin, and the browser sends the cookie all the same. So
 * here pages of the same host may come, whatever their port, but only with the password.
 */
function sideSite({ routes = [], sockets = [], refuse }: SidePort, options: GatewayOptions): Site {
  const { authenticator, frameAncestors, allowedOrigins, patience = PATIENCE } = options;
  const isOwnPage = (headers: IncomingHttpHeaders) => isOwnHost(headers, allowedOrigins);
  const site = { patience, authenticator, frameAncestors, cookies: false, isOwnPage, routes, sockets };
  return refuse ? { ...site, refuse } : site;
}
