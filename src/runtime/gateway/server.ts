import type { IncomingMessage } from "node:http";
import type { Log } from "../log/log.ts";
import type { SidePort, SideService } from "../side/service.ts";
import { createSignInPage } from "../sign-in/page.ts";
import { signInRoutes } from "../sign-in/routes.ts";
import { createAdmission } from "./admission.ts";
import type { Authenticator } from "./auth.ts";
import { baseRoutes } from "./base-path.ts";
import { createTrustedProxies, type TrustedProxies } from "./client-address.ts";
import type { Listener } from "./listen.ts";
import type { LiveIdentity } from "./live-identity.ts";
import { isOwnHost, isSameOrigin } from "./origin.ts";
import { type OwnRouteOptions, ownRoutes } from "./own-routes.ts";
import { GATEWAY } from "./port.ts";
import { createRefusedPages } from "./refused-pages.ts";
import type { Site } from "./router.ts";
import { openSecurePort } from "./secure-port.ts";
import type { Websockify } from "./websockify.ts";

/** The ports that browsers and programs connect to. */
export interface Gateway {
  /** The main port, once it listens. */
  port(): number | undefined;
  /** A side service's port, once it listens, by the name of its listener. */
  sidePort(name: string): number | undefined;
  close(): void;
}

export interface GatewayOptions extends Omit<OwnRouteOptions, "clients" | "refused"> {
  readonly port: number;
  readonly identity: LiveIdentity;
  readonly authenticator: Authenticator;
  readonly frameAncestors: string;
  /** The desktop's name, for people who have not signed in. */
  readonly title: string;
  /** A `data:` address of its picture. @default none */
  readonly picture?: string | undefined;
  readonly websockify: Websockify;
  readonly allowedOrigins: readonly string[];
  /** See `basePath`; for the main port. @default the root */
  readonly base?: string;
  /** See `wantsPlainHttp`. @default false */
  readonly plainHttp?: boolean;
  /** @default none */
  readonly proxies?: TrustedProxies;
  readonly log: Log;
  /** Milliseconds a client has for its first byte, for the TLS handshake, and for a request's headers. @default 10000 */
  readonly patience?: number;
}

const PATIENCE = 10_000;

type SiteOptions = GatewayOptions & Pick<Site, "refused" | "onSignIn">;

/**
 * Opens the main port and the side services' ports for Kasm's client. All share the certificate, the passwords and the
 * throttle for wrong passwords, and their connections are bounded together.
 */
export function startGateway(options: GatewayOptions): Gateway {
  const { port, identity, websockify, services, plainHttp = false, log } = options;
  const admission = createAdmission({ name: GATEWAY.name, log });
  const open = (port: number, listener: Listener, site: Site) =>
    openSecurePort({ port, listener, identity, site, plainHttp, admission, log });
  const all = { ...options, refused: createRefusedPages(log), onSignIn: admission.signIn };
  const main = open(port, GATEWAY, mainSite(all));
  const sidePorts = services.flatMap(({ ports = [] }) => ports);
  const side = new Map(
    sidePorts.map((sidePort) => {
      const { number, listener } = sidePort;
      return [listener.name, open(number, listener, sideSite(sidePort, all))];
    }),
  );
  return {
    port: () => main.number(),
    sidePort: (name) => side.get(name)?.number(),
    close() {
      identity.close();
      websockify.close();
      for (const service of services) service.close();
      for (const open of [main, ...side.values()]) open.close();
    },
  };
}

function mainSite(options: SiteOptions): Site {
  const { base = "", websockify, services } = options;
  const common = { ...commonSite(options, isSameOrigin), base, cookies: true };
  const showSignIn = createSignInPage({ ...options, base });
  return {
    ...common,
    showSignIn,
    routes: [
      ...baseRoutes(base),
      ...signInRoutes(common, showSignIn),
      ...services.flatMap(routesOf),
      ...ownRoutes({ ...options, clients: websockify.visitors.counts }),
    ],
    sockets: [
      { path: "/websockify", needs: "viewer", upgrade: websockify.upgrade },
      ...services.flatMap(({ sockets = [] }) => sockets),
    ],
  };
}

/** What the sites of all ports have in common. */
function commonSite(options: SiteOptions, isOwn: typeof isSameOrigin) {
  const { authenticator, frameAncestors, allowedOrigins: allowed, patience = PATIENCE } = options;
  const { proxies = NO_PROXIES, refused, onSignIn } = options;
  const isOwnPage = (request: IncomingMessage) =>
    isOwn(request.headers, { allowed, scheme: proxies.clientOf(request).scheme });
  return { patience, authenticator, frameAncestors, proxies, refused, onSignIn, isOwnPage };
}

const NO_PROXIES = createTrustedProxies();

function routesOf({ routes = [] }: SideService) {
  return routes;
}

/**
 * Kasm's page comes from another port of this host, which is another origin, so pages of any port of the host are
 * allowed. Since browsers send cookies to all ports of a host, only the password counts here.
 */
function sideSite({ routes = [], sockets = [], refuse }: SidePort, options: SiteOptions): Site {
  const site = { ...commonSite(options, isOwnHost), base: "", cookies: false, routes, sockets };
  return refuse ? { ...site, refuse } : site;
}
