import { readdirSync } from "node:fs";
import { sessionEnvironment } from "../boot/environment.ts";
import { prepareHome } from "../boot/home.ts";
import type { Secrets } from "../boot/secrets.ts";
import { NOT_SHARED, shareHome } from "../boot/share-home.ts";
import { withDevices } from "../devices/environment.ts";
import { createNavigator, navigateNowhere } from "../launcher/navigate.ts";
import { startUrlLauncher } from "../launcher/start.ts";
import { attempt } from "../log/attempt.ts";
import type { Life, Setup } from "../setup.ts";
import { portNumbers } from "../side/open.ts";
import type { Edge } from "../supervisor/model.ts";
import { supervise } from "../supervisor/run.ts";
import { keepWatermark } from "../watermark/keep.ts";
import { xServer } from "./display.ts";
import { createAppLauncher } from "./launch-app.ts";
import { createLookKeeper } from "./look/keep.ts";
import { createMaximizer } from "./maximize.ts";
import { createScaleKeeper } from "./scale/keep.ts";
import { sessionServices } from "./services.ts";

/** Prepares the home and starts everything that the supervisor runs, and the URL launcher beside it. */
export function runSession(
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
  const session = {
    ...sessionEnvironment(
      config.environment,
      container,
      directories,
      locales,
      config.desktopEnvironment?.name,
    ),
    ...own,
  };
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
  const look = createLookKeeper(environment, log);
  life.look = look;
  const onEdge = (edge: Edge) => {
    note(edge);
    maximize(edge);
    scale.note(edge);
    look.note(edge);
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
