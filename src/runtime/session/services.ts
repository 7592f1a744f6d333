import { rmSync } from "node:fs";
import { DEFAULT_STOP, type ResolvedService, type RuntimeConfig } from "../../model/runtime.ts";
import { bytesOf } from "../../model/size.ts";
import type { Directories } from "../boot/directories.ts";
import { type KasmVncFiles, kasmVncCommand } from "../kasmvnc/command.ts";
import type { Log } from "../log/log.ts";
import { microphoneModules } from "../microphone/modules.ts";
import { isWanted } from "../side/switches.ts";
import { OOM_SCORES } from "../supervisor/oom.ts";
import type { ServiceSpec } from "../supervisor/run.ts";
import { appServices, type RunnableApp } from "./apps.ts";
import {
  DISPLAY_FD,
  displayCommand,
  displayNumber,
  prepareDisplay,
  prepareXServer,
  rfbSocket,
  xServer,
} from "./display.ts";
import { createLooks, type SessionLooks } from "./health.ts";
import { setLayout } from "./keyboard/layout.ts";
import { settleKeyboard } from "./keyboard/settle.ts";
import { XFCE } from "./xfce.ts";

/** Everything that the services are made from. */
export interface Session {
  readonly config: RuntimeConfig;
  /** The workspace's apps, with added arguments. */
  readonly apps: readonly RunnableApp[];
  /** The container's environment: the settings. */
  readonly container: NodeJS.ProcessEnv;
  /** The environment of every service. */
  readonly environment: NodeJS.ProcessEnv;
  readonly directories: Directories;
  /** Set when KasmVNC is the display server. @default TigerVNC */
  readonly kasmVnc?: KasmVnc;
  readonly log: Log;
}

interface KasmVnc {
  readonly files: KasmVncFiles;
  /** Its port on the loopback device. */
  readonly port: number;
}

/**
 * All services, in the order of starting: session bus, display, desktop, sound, the workspace's services, its autostarted
 * apps. A need of an unknown service is dropped with a warning, because the service would wait for ever.
 */
export function sessionServices(session: Session): ServiceSpec[] {
  const looks = sessionLooks(session);
  const specs = [
    sessionBus(session, looks),
    display(session, looks),
    desktop(session, looks),
    ...(soundWanted(session.container) ? [sound(session)] : []),
    ...Object.entries(session.config.services).map(([name, service]) => ownService(session, name, service)),
    ...appServices(session.apps, session.environment, session.directories),
  ];
  return withKnownNeeds(specs, session.log).map((spec) => withLimits(spec, session.config.limits));
}

/** Adds the limits that the workspace sets for any service. */
function withLimits(spec: ServiceSpec, limits: RuntimeConfig["limits"]): ServiceSpec {
  const { memory, niceness } = limits[spec.name] ?? {};
  return {
    ...spec,
    ...(memory === undefined ? {} : { memoryLimit: bytesOf(memory) }),
    ...(niceness === undefined ? {} : { niceness }),
  };
}

function sessionLooks({ config, container, directories, kasmVnc }: Session): SessionLooks {
  return createLooks({
    bus: busSocket(directories),
    x: xServer(container, directories),
    ...(config.desktopEnvironment === undefined ? {} : { parts: config.desktopEnvironment }),
    ...(kasmVnc === undefined ? { rfb: rfbSocket(directories) } : {}),
  });
}

function busSocket({ runtime }: Directories): string {
  return `${runtime}/bus`;
}

/** Seconds. A server that has not reported itself after so long hangs. */
const SERVER_START = 60;

function sessionBus({ environment, directories }: Session, { bus }: SessionLooks): ServiceSpec {
  const socket = busSocket(directories);
  return {
    ...builtIn("session-bus", environment, directories),
    command: [
      "dbus-daemon",
      ...["--session", "--nofork", "--nopidfile", `--address=unix:path=${socket}`, "--print-address=3"],
    ],
    ready: { fd: 3 },
    startTimeout: SERVER_START,
    look: () => bus,
    // The bus starts programs for others.
    oom: { score: OOM_SCORES.server, programs: new Set(["dbus-daemon", "xfconfd"]) },
    prepare: () => rmSync(socket, { force: true }),
  };
}

function display(session: Session, looks: SessionLooks): ServiceSpec {
  const { config, container, environment, directories, kasmVnc, log } = session;
  const number = displayNumber(container.DISPLAY);
  const spec = {
    ...builtIn("display", environment, directories),
    startTimeout: SERVER_START,
    look: () => looks.display,
    oom: { score: OOM_SCORES.server },
  };
  if (kasmVnc !== undefined) {
    return {
      ...spec,
      ready: { fd: DISPLAY_FD, settle: () => setLayout(environment, log) },
      command: kasmVncCommand({ config, environment: container, ...kasmVnc, log }),
      prepare: () => prepareXServer(number, directories),
      // It writes a line for each frame, some 18 MB an hour and viewer.
      noise: /TOTAL FRAME TOOK/,
    };
  }
  const keyboard = { ...xServer(container, directories), rfb: rfbSocket(directories), environment, log };
  return {
    ...spec,
    command: displayCommand(config, container, directories, log),
    // Statistics, a dozen lines for each viewer who leaves.
    noise: /^ (EncodeManager|ComparingUpdateTracker):/,
    // The keys change before any program reads them, above all the desktop for its shortcuts.
    ready: { fd: DISPLAY_FD, settle: () => settleKeyboard(keyboard) },
    prepare: () => prepareDisplay(number, directories),
  };
}

function desktop({ config, container, environment, directories }: Session, looks: SessionLooks): ServiceSpec {
  const { command, backdrop, panel } = config.desktopEnvironment ?? XFCE;
  return {
    ...builtIn("desktop", environment, directories),
    command,
    needs: [
      // Parts of it work without a bus, and everything else waits for the desktop.
      { service: "session-bus", condition: "settled" },
      { service: "display", condition: "ready" },
    ],
    ready: { window: backdrop, painted: xServer(container, directories), patience: DESKTOP_PATIENCE },
    look: looks.desktop,
    oom: {
      score: OOM_SCORES.desktop,
      programs: new Set([...command.slice(0, 1), backdrop, panel, ...XFCE_PROGRAMS]),
    },
  };
}

/** Parts that other desktops use too, and the panel's plugins. */
const XFCE_PROGRAMS = ["xfwm4", "xfsettingsd", "wrapper-1.0", "wrapper-2.0"];

/** Milliseconds. A start alone takes a tenth of that; of 14 at once on two cores, each takes longer. */
const DESKTOP_PATIENCE = 15_000;

function soundWanted(container: NodeJS.ProcessEnv): boolean {
  return isWanted("sound", container) || isWanted("microphone", container);
}

function sound({ container, environment, directories }: Session): ServiceSpec {
  const socket = `${directories.runtime}/pulse/native`;
  return {
    // PulseAudio refuses a home of another uid, which an arbitrary uid has. It keeps nothing there.
    ...builtIn("sound", { ...environment, HOME: directories.runtime }, directories),
    command: [
      "pulseaudio",
      ...[
        "--daemonize=no",
        "--exit-idle-time=-1",
        "--use-pid-file=no",
        "--realtime=no",
        "--high-priority=no",
      ],
      // Only the needed modules: the default script looks for sound cards and a system bus.
      // The rate is that of the listeners, so that sound is converted once at most.
      ...[
        "-n",
        "--load=module-null-sink sink_name=kasmix rate=48000 sink_properties=device.description=Kasmix",
      ],
      ...microphoneModules(container),
      `--load=module-native-protocol-unix socket=${socket}`,
    ],
    // Beside the desktop: where there is no sound yet, the panel's volume is crossed out until it looks again 5 s later.
    needs: [{ service: "display", condition: "settled" }],
    ready: { socket },
    oom: { score: OOM_SCORES.service },
    prepare: () => {
      rmSync(socket, { force: true });
      rmSync(`${directories.runtime}/pulse/pid`, { force: true });
    },
  };
}

function builtIn(name: string, environment: NodeJS.ProcessEnv, { home }: Directories) {
  return {
    name,
    environment,
    directory: home,
    needs: [],
    restart: "always",
    stop: DEFAULT_STOP,
    critical: false,
  } as const;
}

/** The home in the paths of workspaces. */
const HOME = "/home/kasm-user";

function ownService(session: Session, name: string, service: ResolvedService): ServiceSpec {
  const { command, needs, ready, restart, startTimeout, stop, critical } = service;
  const environment = { ...session.environment, ...service.environment };
  // The container's home may be elsewhere.
  const directory = service.directory === HOME ? session.directories.home : service.directory;
  return {
    name,
    command,
    directory,
    needs,
    restart,
    stop,
    critical,
    environment,
    oom: { score: OOM_SCORES.service },
    ...(ready ? { ready } : {}),
    ...(startTimeout === undefined ? {} : { startTimeout }),
  };
}

function withKnownNeeds(specs: readonly ServiceSpec[], log: Log): ServiceSpec[] {
  const names = new Set(specs.map((spec) => spec.name));
  return specs.map((spec) => {
    const unknown = spec.needs.filter((need) => !names.has(need.service));
    if (unknown.length === 0) return spec;
    const needs = unknown.map((need) => need.service);
    const message = `${spec.name} does not wait for ${needs.join(", ")}: there is no such service, or it is switched off.`;
    log.warn({ event: "needs.unknown", service: spec.name, needs, message });
    return { ...spec, needs: spec.needs.filter((need) => names.has(need.service)) };
  });
}
