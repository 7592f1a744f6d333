import type { Directories } from "../boot/directories.ts";
import { attempt } from "../log/attempt.ts";
import type { Log } from "../log/log.ts";
import { logOutput } from "../supervisor/output.ts";
import { launch } from "../supervisor/process.ts";
import type { Supervisor } from "../supervisor/run.ts";
import { appCommand, prepareFor, type RunnableApp } from "./apps.ts";

/** A request to show an app, a URL, or a URL in an app. */
export interface LaunchRequest {
  /** @default the first app that opens URLs, else the first app */
  readonly app?: string;
  readonly url?: string;
}

/** Shows an app. Returns its name, or why that is refused. */
export type LaunchApp = (request: LaunchRequest) => { readonly app: string } | { readonly refused: string };

export interface LauncherOptions {
  readonly apps: readonly RunnableApp[];
  /** The environment of every service. */
  readonly environment: NodeJS.ProcessEnv;
  readonly directories: Directories;
  readonly supervisor: Pick<Supervisor, "order" | "state">;
  readonly log: Log;
}

/** Shows apps, and remembers which it has started. */
export interface AppLauncher {
  readonly launch: LaunchApp;
  /** Ends the apps that the supervisor does not stop, so that they can save their data before the display ends. */
  close(): void;
}

/**
 * Shows apps as their icons and `custom_startup.sh --go` do. An app that is a service is started by the supervisor if it is
 * down. Otherwise the program is run once more, and a running browser opens a tab. Its output is logged as the app's.
 */
export function createAppLauncher(options: LauncherOptions): AppLauncher {
  const { apps, supervisor } = options;
  const running = new Set<() => void>();
  const launch: LaunchApp = ({ app: name, url }) => {
    const app = name === undefined ? browserOf(apps) : apps.find((one) => one.name === name);
    if (app === undefined) return { refused: refusalOf(name, apps) };
    // It would be read as an option.
    if (url === "" || url?.startsWith("-")) return { refused: `${url || "an empty string"} is not a URL` };
    const service = supervisor.state().services[app.name];
    const down = service !== undefined && service.status !== "starting" && service.status !== "ready";
    if (down && url === undefined) {
      const refused = supervisor.order("start", app.name);
      return refused === undefined ? { app: app.name } : { refused };
    }
    const { end, ended } = start(app, url, options);
    running.add(end);
    void ended.then(() => running.delete(end));
    return { app: app.name };
  };
  return {
    launch,
    close() {
      for (const end of running) end();
    },
  };
}

/** Runs an app's program. Returns a function that ends it, and a promise of its end. */
function start(app: RunnableApp, url: string | undefined, options: LauncherOptions) {
  const { environment, directories, log } = options;
  const own = { ...environment, ...app.environment };
  const advice = `${app.name} is started nevertheless. Make the home writable and free space.`;
  attempt(log, { event: "launch.prepare", advice }, prepareFor(app, directories));
  const process = launch({
    command: appCommand(app, own, url),
    environment: own,
    directory: directories.home,
  });
  logOutput(app.name, process, log, () => {});
  log.info({ event: "launch", app: app.name, url });
  let isEnding = false;
  const ended = process.exited.then(({ code, signal, error }) => {
    if (code === 0 || isEnding) return;
    const message = error ?? `${app.name} ended with ${signal ?? `exit code ${code}`}`;
    log.warn({ event: "launch.failed", app: app.name, message });
  });
  const end = () => {
    isEnding = true;
    process.signal(`SIG${app.stop.signal}`, app.stop.to);
  };
  return { ended, end };
}

function browserOf(apps: readonly RunnableApp[]): RunnableApp | undefined {
  return apps.find(({ opensUrls }) => opensUrls) ?? apps[0];
}

function refusalOf(name: string | undefined, apps: readonly RunnableApp[]): string {
  if (apps.length === 0) return "this workspace has no apps";
  return `there is no app ${name}; there are: ${apps.map((app) => app.name).join(", ")}`;
}
