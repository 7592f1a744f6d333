import { dirname } from "node:path";
import { configPath } from "../boot/config.ts";
import { openClients } from "../clients/open.ts";
import { openOwnerApi } from "../kasm-api/open.ts";
import { loadKasmVncAssets } from "../kasmvnc/assets.ts";
import { connectKasmVnc } from "../kasmvnc/connect.ts";
import { kasmVncPage } from "../kasmvnc/page.ts";
import { createEnd } from "../limits/end.ts";
import { openLimits } from "../limits/open.ts";
import { limitsIn } from "../limits/settings.ts";
import { rfbPasswords, rfbSocket, xServer } from "../session/display.ts";
import type { Setup } from "../setup.ts";
import { homeNotice } from "../side/home-notice.ts";
import type { SideService } from "../side/service.ts";
import { readPicture } from "../sign-in/picture.ts";
import type { Reporter } from "../supervisor/report.ts";
import { loadAssets, nameManifest } from "./assets.ts";
import type { Authenticator } from "./auth.ts";
import { basePath } from "./base-path.ts";
import { frameAncestors } from "./headers.ts";
import { allowedOrigins } from "./origin.ts";
import { wantsPlainHttp } from "./plain-http.ts";
import { type Gateway, startGateway } from "./server.ts";
import { createWebsockify } from "./websockify.ts";

/** Opens the port for browsers, and those of the side services. */
export function openGateway(
  setup: Setup,
  authenticator: Authenticator,
  report: Reporter,
  {
    sides,
    onEnd,
    ...onWindows
  }: Pick<Parameters<typeof createWebsockify>[0], "onVisit" | "onScale" | "onDark"> & {
    sides: readonly SideService[];
    /** Called when the session's limit stops the container. */
    onEnd: () => void;
  },
): Gateway {
  const { activity, container, config, directories, identity, gatewayPort, kasmVnc, proxies, log } = setup;
  const websockify = createWebsockify({
    target: kasmVnc ? (visit) => connectKasmVnc(kasmVnc, visit) : rfbSocket(directories),
    passwordFile: rfbPasswords(directories),
    ...onWindows,
    proxies,
    log,
  });
  const { visitors } = websockify;
  const clients = openClients(visitors, log);
  const owner = openOwnerApi({
    ...{ environment: container, directories, visitors, users: authenticator.users, kasmVnc, log },
    displayPid: () => report().services.display?.pid,
  });
  const limits = openLimits({
    ...{ limits: limitsIn(container), display: xServer(container, directories), activity, log },
    onEnd: createEnd({ visitors, authenticator, stop: onEnd, log }),
  });
  const ancestors = frameAncestors(container);
  const www = container.KASMIX_WWW || "/opt/kasmix/www";
  return startGateway({
    port: gatewayPort,
    identity,
    authenticator,
    websockify,
    services: [clients, owner, ...limits, ...homeNotice(directories), ...sides],
    onPage: activity.noteVisit,
    assets: kasmVnc ? loadKasmVncAssets(kasmVnc.files.www, www) : loadAssets(www, nameManifest(config.title)),
    ...(kasmVnc ? { page: kasmVncPage(config.display, ancestors) } : {}),
    workspace: config.name,
    title: config.title,
    picture: readPicture(dirname(configPath(container))),
    report,
    frameAncestors: ancestors,
    allowedOrigins: allowedOrigins(container),
    base: basePath(container, log),
    plainHttp: wantsPlainHttp(container, log),
    proxies,
    log,
  });
}
