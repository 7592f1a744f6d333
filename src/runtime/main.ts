import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { readConfig } from "./config.ts";
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
import { createJournal } from "./journal.ts";
import { createLog, type Log } from "./log.ts";
import { ensureMachineId } from "./machine-id.ts";
import { seedHome } from "./profile.ts";
import { createChronicle, isReady, type Reporter } from "./report.ts";
import { sessionServices } from "./services.ts";
import { type Supervisor, supervise } from "./supervisor/run.ts";
import { ensureUser } from "./user.ts";

/**
 * The entrypoint of a Kasmix container, run under tini: gateway and supervisor in one process. It leaves only
 * when it is told to stop, or when a service marked critical has failed for good. Settings: docs/runtime.md.
 */
async function main(container: NodeJS.ProcessEnv): Promise<void> {
  process.umask(0o022);
  const temporary = container.KASMIX_TMP || "/tmp";
  const journal = createJournal();
  const log = createLog({ directory: temporary, journal });
  surviveFaults(log);
  const directories = prepareDirectories(container, temporary, log);
  const shared = `${temporary}/kasmix`;
  attempt(log, "shared.failed", () => mkdirSync(shared, { recursive: true, mode: 0o755 }));
  const flag = readyFlag(shared, log);
  const chronicle = createChronicle();
  let supervisor: Supervisor | undefined;
  const report: Reporter = (options) => chronicle.report(supervisor?.state(), options);
  const config = readConfig(container.KASMIX_CONFIG || "/opt/kasmix/workspace.json", log);
  const gateway = attempt(log, "gateway.failed", () =>
    openGateway(container, config.name, directories, log, report),
  );
  const profile = container.KASMIX_PROFILE || "/home/kasm-default-profile";
  const files = attempt(log, "home.unseeded", () => seedHome(profile, directories.home));
  if (files) log.info({ event: "home.seeded", files, home: directories.home });
  attempt(log, "machine-id.failed", () => ensureMachineId(directories.home, `${shared}/machine-id`));
  const named =
    attempt(log, "user.failed", () => ensureUser(directories.home, directories.runtime, log)) ?? {};
  const environment = { ...sessionEnvironment(config.environment, container, directories), ...named };
  const services = sessionServices({ config, container, environment, directories, log });
  supervisor = supervise(services, {
    log,
    onEdge(edge) {
      chronicle.note(edge);
      flag(isReady(supervisor?.state()));
    },
  });
  obeySignals(supervisor, () => gateway?.close(), report, log);
  const code = await supervisor.ended;
  gateway?.close();
  log.info({ event: "exit", code });
  await log.close();
  process.exit(code);
}

/** A fault in one connection or file must not take the desktop down: it is logged, and life goes on. */
function surviveFaults(log: Log): void {
  const report = (event: string) => (error: unknown) => {
    log.error({ event, message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  };
  process.on("uncaughtException", report("fault.exception"));
  process.on("unhandledRejection", report("fault.rejection"));
}

/** What `effect` gives, or undefined and a log line when it throws: the rest of the container goes on. */
function attempt<T>(log: Log, event: string, effect: () => T): T | undefined {
  try {
    return effect();
  } catch (error) {
    log.error({ event, message: String(error) });
    return undefined;
  }
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

/** Keeps `<directory>/desktop.ready`: it exists exactly while the workspace is ready. */
function readyFlag(directory: string, log: Log): (ready: boolean) => void {
  const path = `${directory}/desktop.ready`;
  let exists = true;
  const set = (ready: boolean) => {
    if (ready === exists) return;
    attempt(log, "ready.flag", () => {
      if (ready) writeFileSync(path, "");
      else rmSync(path, { force: true });
      exists = ready;
    });
  };
  set(false);
  return set;
}

function obeySignals(supervisor: Supervisor, beforeStop: () => void, report: Reporter, log: Log): void {
  const stop = (signal: string) => {
    log.info({ event: "signal", signal });
    beforeStop();
    supervisor.stop();
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  process.on("SIGQUIT", stop);
  process.on("SIGHUP", (signal) => log.info({ event: "signal", signal, message: "ignored" }));
  process.on("SIGUSR1", () => log.info({ event: "state", state: report({ memory: true }) }));
}

/** Even a fault before anything runs must leave a container that `docker exec` can enter to see why. */
function stayUp(error: unknown): void {
  const message = error instanceof Error ? error.stack : String(error);
  process.stdout.write(`${JSON.stringify({ level: "error", event: "boot.failed", message })}\n`);
  setInterval(() => {}, 2 ** 30);
}

main(process.env).catch(stayUp);
