import { mkdirSync, readdirSync } from "node:fs";
import type { RuntimeConfig } from "../model/runtime.ts";
import { checkVariables } from "./boot/check-variables.ts";
import { readConfig } from "./boot/config.ts";
import { type Directories, prepareDirectories } from "./boot/directories.ts";
import { sessionEnvironment } from "./boot/environment.ts";
import { prepareHome } from "./boot/home.ts";
import { prepareLocales } from "./boot/locale.ts";
import { SECRETS, type Secrets, takeSecrets } from "./boot/secrets.ts";
import { shareHome } from "./boot/share-home.ts";
import { handleSignals } from "./boot/signals.ts";
import { openClients } from "./clients/open.ts";
import { startControl } from "./control/server.ts";
import { withDevices } from "./devices/environment.ts";
import { loadAssets } from "./gateway/assets.ts";
import { Authenticator } from "./gateway/auth.ts";
import { basePath } from "./gateway/base-path.ts";
import { type TrustedProxies, trustedProxies } from "./gateway/client-address.ts";
import { frameAncestors } from "./gateway/headers.ts";
import { type LiveIdentity, openIdentity } from "./gateway/live-identity.ts";
import { allowedOrigins } from "./gateway/origin.ts";
import { resolvePasswords } from "./gateway/passwords.ts";
import { wantsPlainHttp } from "./gateway/plain-http.ts";
import { wantedPort } from "./gateway/port.ts";
import { type Gateway, startGateway } from "./gateway/server.ts";
import { createThrottle, type Throttle } from "./gateway/throttle.ts";
import { createWebsockify } from "./gateway/websockify.ts";
import { openOwnerApi } from "./kasm-api/open.ts";
import { connectKasmVnc } from "./kasmvnc/connect.ts";
import { findKasmVnc } from "./kasmvnc/find.ts";
import { kasmVncPage } from "./kasmvnc/page.ts";
import { type PreparedKasmVnc, prepareKasmVnc } from "./kasmvnc/prepare.ts";
import { createNavigator, type Navigate, navigateNowhere } from "./launcher/navigate.ts";
import { startUrlLauncher } from "./launcher/start.ts";
import { attempt } from "./log/attempt.ts";
import { createJournal } from "./log/journal.ts";
import { createLog, type Log } from "./log/log.ts";
import { whyNoRecorder } from "./recording/open.ts";
import { frameRate, freeDisplay, rfbPasswords, rfbSocket, xServer } from "./session/display.ts";
import { createAppLauncher, type LaunchApp } from "./session/launch-app.ts";
import { createMaximizer } from "./session/maximize.ts";
import { createScaleKeeper, type ScaleKeeper } from "./session/scale/keep.ts";
import { sessionServices } from "./session/services.ts";
import { homeNotice } from "./side/home-notice.ts";
import { openSideServices, portNumbers } from "./side/open.ts";
import { type SidePorts, sidePorts } from "./side/ports.ts";
import type { SideService } from "./side/service.ts";
import type { Edge } from "./supervisor/model.ts";
import { readyFlag } from "./supervisor/ready-flag.ts";
import { createHistory, isReady, type Reporter } from "./supervisor/report.ts";
import { type Supervisor, supervise } from "./supervisor/run.ts";
import { keepWatermark } from "./watermark/keep.ts";

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
  const workspace = readConfig(given.KASMIX_CONFIG || "/opt/kasmix/workspace.json", log);
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
  const config = place ? await withYaml(workspace, directories, log) : workspace;
  const kasmVnc = place && (await prepareKasmVnc(place, directories, log));
  const throttle = createThrottle({ log });
  const authenticator = new Authenticator(resolvePasswords(secrets, directories.home, log), { throttle });
  const session = {
    ...{ container, config, directories, identity, gatewayPort, ports, kasmVnc, log },
    ...{ throttle, proxies: trustedProxies(container, log) },
  };
  const onVisit = () => life.supervisor?.hurry();
  const onScale = (scale: number) => life.scale?.set(scale);
  const onWindows = { onVisit, onScale };
  const sides = openSides(session);
  const recorder = sides.find(({ name }) => name === "recording")?.offers?.recorder;
  const gateway = attempt(log, NO_GATEWAY, () =>
    openGateway(session, authenticator, report, { ...onWindows, sides }),
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

/** The running parts, filled in as they start. */
interface Life {
  supervisor?: Supervisor;
  warnings?: readonly string[];
  launch?: LaunchApp;
  navigate?: Navigate;
  scale?: ScaleKeeper;
  /** Called at a signal to stop: these close the gateway, and end the apps that people have started. */
  readonly close: (() => void)[];
}

/** Settings and parts that everything in the container is made from. */
interface Setup {
  /** The container's environment: the settings. */
  readonly container: NodeJS.ProcessEnv;
  readonly config: RuntimeConfig;
  readonly directories: Directories;
  readonly identity: LiveIdentity;
  readonly gatewayPort: number;
  readonly ports: SidePorts;
  /** Undefined where TigerVNC is the display server. */
  readonly kasmVnc: PreparedKasmVnc | undefined;
  /** Slows down guessing at the gateway and the launcher together. */
  readonly throttle: Throttle;
  readonly proxies: TrustedProxies;
  readonly log: Log;
}

function stop({ supervisor, close }: Life): void {
  for (const end of close) end();
  if (supervisor) supervisor.stop();
  else process.exit(0);
}

/** Prepares the home and starts everything that the supervisor runs, and the URL launcher beside it. */
function runSession(
  setup: Setup & { readonly locales: NodeJS.ProcessEnv },
  secrets: Secrets,
  shared: string,
  life: Life,
  { note, onRound }: { readonly note: (edge: Edge) => void; readonly onRound: () => void },
): void {
  const { container, config, directories, gatewayPort, ports, kasmVnc, throttle, proxies, locales, log } =
    setup;
  const profile = container.KASMIX_PROFILE || "/home/kasm-default-profile";
  const own = prepareHome(directories, shared, profile, log);
  attempt(log, NOT_SHARED, () => shareHome(directories, shared));
  const session = { ...sessionEnvironment(config.environment, container, directories, locales), ...own };
  const environment = withDevices(session, container, directories);
  const mark = container.KASMIX_WATERMARK;
  if (mark) life.close.push(keepWatermark(xServer(container, directories), mark, log));
  const urlLauncher = startUrlLauncher({
    launcher: config.launcher,
    environment: { ...config.environment, ...container },
    secrets,
    home: directories.home,
    ownPorts: [gatewayPort, ...portNumbers(ports)],
    ...{ throttle, proxies, log },
  });
  life.close.push(urlLauncher.close);
  const steered = config.launcher?.app;
  const apps = config.apps.map((app) => (app.name === steered ? { ...app, fixed: urlLauncher.fixed } : app));
  const maximize = createMaximizer(apps, environment, log);
  const scale = createScaleKeeper(environment, log);
  life.scale = scale;
  const onEdge = (edge: Edge) => {
    note(edge);
    maximize(edge);
    scale.note(edge);
  };
  const display = kasmVnc && { kasmVnc };
  const specs = sessionServices({ config, apps, container, environment, directories, ...display, log });
  const supervisor = supervise(specs, { log, onEdge, onRound, processes: containerProcesses });
  life.supervisor = supervisor;
  const appLauncher = createAppLauncher({ apps, environment, directories, supervisor, log });
  life.launch = appLauncher.launch;
  life.close.push(appLauncher.close);
  const { opener } = urlLauncher;
  life.navigate =
    steered && opener
      ? createNavigator({ app: steered, ...opener, start: () => supervisor.order("start", steered), log })
      : navigateNowhere;
}

/** All processes, if tini is process 1: elsewhere there are processes that are not the container's. */
function containerProcesses(): string[] {
  return process.ppid === 1 ? readdirSync("/proc").filter((name) => /^\d+$/.test(name)) : [];
}

const EARLY = "the container is still starting, try again in a moment";
const NOT_SHARED = {
  event: "shared.failed",
  advice: "kasmixctl and desktop_ready do not work. Make /tmp writable: --tmpfs /tmp:mode=1777",
};
const NO_GATEWAY = {
  event: "gateway.failed",
  advice: "No browser can connect; the services still run.",
};

/** Logs uncaught errors instead of exiting: a fault in one connection or file must not end the desktop. */
function surviveFaults(log: Log): void {
  const report = (event: string) => (error: unknown) => {
    log.error({ event, message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  };
  process.on("uncaughtException", report("fault.exception"));
  process.on("unhandledRejection", report("fault.rejection"));
}

/** Opens what the gateway serves beside the screen. */
function openSides({ container, config, directories, ports, kasmVnc, log }: Setup): readonly SideService[] {
  const stream = kasmVnc ? {} : { frameRate: Number(frameRate(config, container, log)) };
  return openSideServices({ environment: container, directories, ports, ...stream, log });
}

/** Opens the port for browsers, and those of the side services. */
function openGateway(
  setup: Setup,
  authenticator: Authenticator,
  report: Reporter,
  {
    sides,
    ...onWindows
  }: Pick<Parameters<typeof createWebsockify>[0], "onVisit" | "onScale"> & { sides: readonly SideService[] },
): Gateway {
  const { container, config, directories, identity, gatewayPort, kasmVnc, proxies, log } = setup;
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
  const ancestors = frameAncestors(container);
  return startGateway({
    port: gatewayPort,
    identity,
    authenticator,
    websockify,
    services: [clients, owner, ...homeNotice(directories), ...sides],
    assets: loadAssets(kasmVnc?.files.www ?? (container.KASMIX_WWW || "/opt/kasmix/www")),
    ...(kasmVnc ? { page: kasmVncPage(config.display, ancestors) } : {}),
    workspace: config.name,
    report,
    frameAncestors: ancestors,
    allowedOrigins: allowedOrigins(container),
    base: basePath(container, log),
    plainHttp: wantsPlainHttp(container, log),
    proxies,
    log,
  });
}

/** Keeps the container running after a fault at boot, so that `docker exec` can enter it to find the cause. */
function stayUp(error: unknown): void {
  const message = error instanceof Error ? error.stack : String(error);
  process.stdout.write(`${JSON.stringify({ level: "error", event: "boot.failed", message })}\n`);
  setInterval(() => {}, 2 ** 30);
}

main(process.env).catch(stayUp);
