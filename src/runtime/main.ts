import { mkdirSync } from "node:fs";
import { attempt } from "./attempt.ts";
import { readConfig } from "./config.ts";
import { startControl } from "./control/server.ts";
import { type Directories, prepareDirectories } from "./directories.ts";
import { rfbSocket } from "./display.ts";
import { sessionEnvironment } from "./environment.ts";
import { loadAssets } from "./gateway/assets.ts";
import { Authenticator } from "./gateway/auth.ts";
import { frameAncestors } from "./gateway/headers.ts";
import { openIdentity } from "./gateway/live-identity.ts";
import { allowedOrigins } from "./gateway/origin.ts";
import { resolvePasswords } from "./gateway/passwords.ts";
import { wantedPort } from "./gateway/port.ts";
import { type Gateway, startGateway } from "./gateway/server.ts";
import { createWebsockify } from "./gateway/websockify.ts";
import { prepareHome } from "./home.ts";
import { createJournal } from "./journal.ts";
import { createAppLauncher, type LaunchApp } from "./launch-app.ts";
import { createLog, type Log } from "./log.ts";
import { createMaximizer } from "./maximize.ts";
import { readyFlag } from "./ready-flag.ts";
import { createChronicle, isReady, type Reporter } from "./report.ts";
import { sessionServices } from "./services.ts";
import { obeySignals } from "./signals.ts";
import { type Supervisor, supervise } from "./supervisor/run.ts";

/**
 * The entrypoint of a Kasmix container, run under tini: gateway and supervisor in one process. It leaves only
 * when it is told to stop, or when a service marked critical has failed for good. Settings: docs/runtime.md.
 */
async function main(container: NodeJS.ProcessEnv): Promise<void> {
  process.umask(0o022);
  const temporary = container.KASMIX_TMP || "/tmp";
  const shared = `${temporary}/kasmix`;
  const journal = createJournal();
  const log = createLog({ directory: temporary, journal });
  const chronicle = createChronicle();
  let gateway: Gateway | undefined;
  let supervisor: Supervisor | undefined;
  const report: Reporter = (options) => chronicle.report(supervisor?.state(), options);
  const stop = () => {
    gateway?.close();
    if (supervisor) supervisor.stop();
    else process.exit(0);
  };
  surviveFaults(log);
  obeySignals({ stop, state: () => report({ memory: true }) }, log);
  const directories = prepareDirectories(container, temporary, log);
  attempt(log, NOT_SHARED, () => mkdirSync(shared, { recursive: true, mode: 0o755 }));
  const flag = readyFlag(shared, log);
  const config = readConfig(container.KASMIX_CONFIG || "/opt/kasmix/workspace.json", log);
  gateway = attempt(log, NO_GATEWAY, () => openGateway(container, config.name, directories, log, report));
  let launcher: LaunchApp | undefined;
  const order: Supervisor["order"] = (...words) => (supervisor ? supervisor.order(...words) : EARLY);
  const launch: LaunchApp = (wish) => (launcher ? launcher(wish) : { refused: EARLY });
  const control = startControl({ path: `${shared}/control.sock`, report, order, launch, journal, log });
  const profile = container.KASMIX_PROFILE || "/home/kasm-default-profile";
  const own = prepareHome(directories, shared, profile, log);
  const environment = { ...sessionEnvironment(config.environment, container, directories), ...own };
  const maximize = createMaximizer(config.apps, environment, log);
  supervisor = supervise(sessionServices({ config, container, environment, directories, log }), {
    log,
    onEdge(edge) {
      chronicle.note(edge);
      maximize(edge);
      flag(isReady(supervisor?.state()));
    },
  });
  launcher = createAppLauncher({ apps: config.apps, environment, directories, supervisor, log });
  const code = await supervisor.ended;
  gateway?.close();
  control.close();
  log.info({ event: "exit", code });
  await log.close();
  process.exit(code);
}

const EARLY = "the container is still starting: try again in a moment";
const NOT_SHARED = {
  event: "shared.failed",
  advice: "kasmixctl and desktop_ready do not work. /tmp must be writable: --tmpfs /tmp:mode=1777",
};
const NO_GATEWAY = {
  event: "gateway.failed",
  advice: "No browser can connect; the services run all the same.",
};

/** A fault in one connection or file must not take the desktop down: it is logged, and life goes on. */
function surviveFaults(log: Log): void {
  const report = (event: string) => (error: unknown) => {
    log.error({ event, message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  };
  process.on("uncaughtException", report("fault.exception"));
  process.on("unhandledRejection", report("fault.rejection"));
}

function openGateway(
  container: NodeJS.ProcessEnv,
  workspace: string,
  directories: Directories,
  log: Log,
  report: Reporter,
): Gateway {
  const websockify = createWebsockify({ target: rfbSocket(directories), log });
  const site = {
    assets: loadAssets(container.KASMIX_WWW || "/opt/kasmix/www"),
    authenticator: new Authenticator(resolvePasswords(container, directories.home, log)),
    frameAncestors: frameAncestors(container),
    workspace,
    report,
    clients: websockify.clients,
  };
  return startGateway({
    port: wantedPort(container, log),
    identity: openIdentity(container, directories.home, log),
    site,
    websockify,
    allowedOrigins: allowedOrigins(container),
    log,
  });
}

/** Even a fault before anything runs must leave a container that `docker exec` can enter to see why. */
function stayUp(error: unknown): void {
  const message = error instanceof Error ? error.stack : String(error);
  process.stdout.write(`${JSON.stringify({ level: "error", event: "boot.failed", message })}\n`);
  setInterval(() => {}, 2 ** 30);
}

main(process.env).catch(stayUp);
