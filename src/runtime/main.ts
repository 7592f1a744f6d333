import { mkdirSync } from "node:fs";
import type { RuntimeConfig } from "../model/runtime.ts";
import { hintAtCommand } from "./boot/arguments.ts";
import { checkVariables } from "./boot/check-variables.ts";
import { configPath, readConfig } from "./boot/config.ts";
import { type Directories, prepareDirectories } from "./boot/directories.ts";
import { stayUp, surviveFaults } from "./boot/faults.ts";
import { logKasmPaths } from "./boot/kasm.ts";
import { prepareLocales } from "./boot/locale.ts";
import { SECRETS, takeSecrets } from "./boot/secrets.ts";
import { NOT_SHARED } from "./boot/share-home.ts";
import { handleSignals } from "./boot/signals.ts";
import { startControl } from "./control/server.ts";
import { Authenticator } from "./gateway/auth.ts";
import { trustedProxies } from "./gateway/client-address.ts";
import { openIdentity } from "./gateway/live-identity.ts";
import { openGateway } from "./gateway/open.ts";
import { resolvePasswords } from "./gateway/passwords.ts";
import { wantedPort } from "./gateway/port.ts";
import { openSessionFile } from "./gateway/session-file.ts";
import { createThrottle } from "./gateway/throttle.ts";
import { findKasmVnc } from "./kasmvnc/find.ts";
import { prepareKasmVnc } from "./kasmvnc/prepare.ts";
import type { Navigate } from "./launcher/navigate.ts";
import { createActivity } from "./limits/activity.ts";
import { attempt } from "./log/attempt.ts";
import { createJournal } from "./log/journal.ts";
import { createLog, type Log } from "./log/log.ts";
import { whyNoRecorder } from "./recording/open.ts";
import { frameRate, freeDisplay } from "./session/display.ts";
import type { LaunchApp } from "./session/launch-app.ts";
import { runSession } from "./session/run.ts";
import type { Life, Setup } from "./setup.ts";
import { openSideServices } from "./side/open.ts";
import { sidePorts } from "./side/ports.ts";
import type { SideService } from "./side/service.ts";
import type { Edge } from "./supervisor/model.ts";
import { readyFlag } from "./supervisor/ready-flag.ts";
import { createHistory, isReady, type Reporter } from "./supervisor/report.ts";
import type { Supervisor } from "./supervisor/run.ts";

/**
 * The entrypoint of a Kasmix container, run under tini: gateway and supervisor in one process. It exits only when it gets
 * a signal to stop, or when a critical service has failed for good. Settings: docs/operate/runtime.md.
 */
async function main(given: NodeJS.ProcessEnv): Promise<void> {
  process.umask(0o022);
  const temporary = given.KASMIX_TMP || "/tmp";
  const shared = `${temporary}/kasmix`;
  const journal = createJournal();
  const log = createLog({ directory: temporary, journal });
  const history = createHistory();
  const life: Life = { close: [] };
  const report: Reporter = (options) => ({
    ...history.report(life.supervisor?.state(), options),
    ...(life.warnings && { warnings: life.warnings }),
  });
  surviveFaults(log);
  handleSignals({ stop: () => stop(life), state: () => report({ memory: true }) }, log);
  const secrets = takeSecrets(given, log);
  hintAtCommand(process.argv.slice(2), log);
  const workspace = readConfig(configPath(given), log);
  const settings = checkVariables({ ...given, ...secrets }, workspace, log);
  for (const name of SECRETS) delete settings[name];
  const container = { ...settings, DISPLAY: freeDisplay(settings.DISPLAY, log) };
  const directories = prepareDirectories(container, temporary, log);
  if (directories.homeWarning) life.warnings = [directories.homeWarning];
  attempt(log, NOT_SHARED, () => mkdirSync(shared, { recursive: true, mode: 0o755 }));
  const flag = readyFlag(shared, log);
  const [gatewayPort, ports] = [wantedPort(container, log), sidePorts(container, log)];
  const identity = openIdentity(container, directories.home, log);
  const place = findKasmVnc(container, workspace.display, log);
  logKasmPaths(directories.home, place !== undefined, log);
  const config = place ? await withYaml(workspace, directories, log) : workspace;
  const kasmVnc = place && (await prepareKasmVnc(place, directories, log));
  const throttle = createThrottle({ log });
  const file = openSessionFile(`${directories.runtime}/sessions.json`, log);
  const passwords = resolvePasswords(secrets, directories.home, log);
  const authenticator = new Authenticator(passwords, { throttle, file });
  const activity = createActivity();
  const session = {
    ...{ activity, container, config, directories, identity, gatewayPort, ports, kasmVnc, log },
    ...{ throttle, proxies: trustedProxies(container, log) },
  };
  const onVisit = () => life.supervisor?.hurry();
  const onScale = (scale: number) => life.scale?.set(scale);
  const onDark = (isDark: boolean) => life.look?.prefer(isDark);
  const onWindows = { onVisit, onScale, onDark };
  const sides = openSides(session);
  const recorder = sides.find(({ name }) => name === "recording")?.offers?.recorder;
  const gateway = attempt(log, NO_GATEWAY, () =>
    openGateway(session, authenticator, report, { ...onWindows, sides, onEnd: () => stop(life) }),
  );
  if (gateway) life.close.push(gateway.close);
  const order: Supervisor["order"] = (...words) =>
    life.supervisor ? life.supervisor.order(...words) : EARLY;
  const launch: LaunchApp = (request) => life.launch?.(request) ?? { refused: EARLY };
  const navigate: Navigate = async (url) => life.navigate?.(url) ?? { refused: EARLY, reason: "starting" };
  const control = startControl({
    path: `${shared}/control.sock`,
    recording: recorder ?? whyNoRecorder(container),
    ...{ report, order, launch, navigate, journal, log },
  });
  const places = { compiled: `${directories.runtime}/locale` };
  const locales = await prepareLocales({ ...config.environment, ...container }, places, log);
  const note = (edge: Edge) => {
    history.note(edge);
    flag.set(isReady(life.supervisor?.state()));
  };
  runSession({ ...session, locales }, secrets, shared, life, { note, onRound: flag.renew });
  for (const name of SECRETS) delete secrets[name];
  const code = (await life.supervisor?.ended) ?? 1;
  control.close();
  await recorder?.stop("stopped", "");
  log.info({ event: "exit", code });
  await log.close();
  process.exit(code);
}

/** The workspace with the settings of KasmVNC's own files. Only KasmVNC needs the code that reads them. */
async function withYaml(config: RuntimeConfig, { home }: Directories, log: Log): Promise<RuntimeConfig> {
  const { withKasmVncYaml } = await import("./kasmvnc/yaml.ts");
  const kasmvnc = withKasmVncYaml(config.display.kasmvnc ?? {}, home, log);
  return { ...config, display: { ...config.display, kasmvnc } };
}

function stop({ supervisor, close }: Life): void {
  for (const end of close) end();
  if (supervisor) supervisor.stop();
  else process.exit(0);
}

const EARLY = "the container is still starting, try again in a moment";
const NO_GATEWAY = {
  event: "gateway.failed",
  advice: "No browser can connect; the services still run.",
};

/** Opens what the gateway serves beside the screen. */
function openSides({
  activity,
  container,
  config,
  directories,
  ports,
  kasmVnc,
  log,
}: Setup): readonly SideService[] {
  const onInput = () => activity.noteInput();
  const stream = kasmVnc ? {} : { frameRate: Number(frameRate(config, container, log)) };
  return openSideServices({ environment: container, directories, ports, ...stream, onInput, log });
}

main(process.env).catch(stayUp);
