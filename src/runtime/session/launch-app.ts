import type { Directories } from "../boot/directories.ts";
import { attempt } from "../log/attempt.ts";
import type { Log } from "../log/log.ts";
import { logOutput } from "../supervisor/output.ts";
import { launch } from "../supervisor/process.ts";
import type { Supervisor } from "../supervisor/run.ts";
import { appCommand, prepareFor, type RunnableApp } from "./apps.ts";

/** What is to be shown: an app, an address, or an address in an app. */
export interface LaunchRequest {
  /** @default the first app that takes addresses, else the first */
  readonly app?: string;
  readonly url?: string;
}

/** Shows an app. Gives its name, or why that is refused. */
export type LaunchApp = (request: LaunchRequest) => { readonly app: string } | { readonly refused: string };

export interface LauncherOptions {
  readonly apps: readonly RunnableApp[];
  /** What every service gets. */
  readonly environment: NodeJS.ProcessEnv;
  readonly directories: Directories;
  readonly supervisor: Pick<Supervisor, "order" | "state">;
  readonly log: Log;
}

/** Shows apps, and knows which it has started. */
export interface AppLauncher {
  readonly launch: LaunchApp;
  /** Has the apps end that are not the supervisor's to stop: else they would lose their display without a warning. */
  close(): void;
}

/**
 * Shows apps as their icons and `custom_startup.sh --go` do. One that the supervisor keeps running is started by it if
 * it is down; else the program is run once more, and a browser that runs already opens a tab. What it writes is logged
 * as the app's.
 */
export function createAppLauncher(options: LauncherOptions): AppLauncher {
  const { apps, supervisor } = options;
  const running = new Set<() => void>();
  const launch: LaunchApp = ({ app: name, url }) => {
    const app = name === undefined ? browserOf(apps) : apps.find((one) => one.name === name);
    if (app === undefined) return { refused: refusalOf(name, apps) };
    // It would be taken for an option.
    if (url === "" || url?.startsWith("-")) return { refused: `${url || "an empty text"} is no address` };
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

/** Runs an app's program. Gives what has it end, and when it has. */
function start(app: RunnableApp, url: string | undefined, options: LauncherOptions) {
  const { environment, directories, log } = options;
  const own = { ...environment, ...app.environment };
  const advice = `${app.name} is started all the same. The home must be writable and have space.`;
  attempt(log, { event: "launch.prepare", advice }, prepareFor(app, directories));
  const process = launch({
    command: appCommand(app, own, url),
    environment: own,
    directory: directories.home,
  });
  logOutput(app.name, process, log, () => {});
  log.info({ event: "launch", app: app.name, url });
  let isAsked = false;
  const ended = process.exited.then(({ code, signal, error }) => {
    if (code === 0 || isAsked) return;
    const message = error ?? `${app.name} ended with ${signal ?? `exit code ${code}`}`;
    log.warn({ event: "launch.failed", app: app.name, message });
  });
  const end = () => {
    isAsked = true;
    process.signal(`SIG${app.stop.signal}`, app.stop.to);
  };
  return { ended, end };
}

function browserOf(apps: readonly RunnableApp[]): RunnableApp | undefined {
  return apps.find(({ opensUrls }) => opensUrls) ?? apps[0];
}

function refusalOf(name: string | undefined, apps: readonly RunnableApp[]): string {
  if (apps.length === 0) return "this workspace has no app";
  return `there is no app ${name}; there are: ${apps.map((app) => app.name).join(", ")}`;
}
