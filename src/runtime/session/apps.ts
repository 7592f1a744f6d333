import { join } from "node:path";
import type { ResolvedApp } from "../../model/runtime.ts";
import type { Need } from "../../model/types.ts";
import type { Directories } from "../boot/directories.ts";
import type { ServiceSpec } from "../supervisor/run.ts";
import { prepareApp } from "./prepare-app.ts";
import { splitArguments } from "./split-arguments.ts";

const NEEDS: readonly Required<Need>[] = [
  { service: "display", condition: "ready" },
  // Apps must start even when the desktop was given up.
  { service: "desktop", condition: "settled" },
];

/** An app with the arguments that this container adds. */
export interface RunnableApp extends ResolvedApp {
  /** Arguments after all others, which no variable replaces. @default none */
  readonly fixed?: readonly string[];
}

/** The services of the autostarted apps. The first one that opens URLs gets the URL to start with. */
export function appServices(
  apps: readonly RunnableApp[],
  session: NodeJS.ProcessEnv,
  directories: Directories,
): ServiceSpec[] {
  const browser = apps.find((app) => app.opensUrls);
  return apps
    .filter((app) => app.autostart)
    .map((app) => {
      const { name, restart, ready, stop } = app;
      const environment = { ...session, ...app.environment };
      const url = app === browser ? startUrl(environment) : undefined;
      return {
        name,
        command: appCommand(app, environment, url),
        environment,
        directory: directories.home,
        needs: NEEDS,
        restart,
        stop,
        critical: false,
        held: isHeld(app, environment),
        prepare: prepareFor(app, directories),
        ...(ready ? { ready } : {}),
      };
    });
}

/** Returns the preparation of an app, to run before each start. */
export function prepareFor(app: ResolvedApp, { home }: Directories): () => void {
  return () => prepareApp(app.before, (path) => join(home, path.slice(2)));
}

/**
 * The command of an app: its own arguments, or those of the variable that replaces them, and a URL. In its own arguments
 * `{NAME}` is replaced by an environment variable.
 */
export function appCommand(app: RunnableApp, environment: NodeJS.ProcessEnv, url?: string): string[] {
  const [program = "", ...own] = app.command;
  const given = app.argumentsFrom === undefined ? undefined : environment[app.argumentsFrom];
  const words = given ? splitArguments(given) : own.map((word) => fillIn(word, environment));
  const { fixed = [] } = app;
  // After "--" the fixed arguments would be read as URLs, and the browser would bypass the proxy.
  const options = fixed.length > 0 ? words.filter((word) => word !== "--") : words;
  return [program, ...options, ...fixed, ...(url === undefined ? [] : [url])];
}

function fillIn(word: string, environment: NodeJS.ProcessEnv): string {
  return word.replace(/\{([A-Z_][A-Z0-9_]*)\}/g, (_, name: string) => environment[name] ?? "");
}

/** The URL to start with. One that begins with a dash is ignored, because it would be read as an option. */
function startUrl({ KASM_URL, START_URL, LAUNCH_URL }: NodeJS.ProcessEnv): string | undefined {
  const url = KASM_URL || START_URL || LAUNCH_URL;
  return url && !url.startsWith("-") ? url : undefined;
}

/** Whether the app starts only by an order. */
function isHeld(app: ResolvedApp, environment: NodeJS.ProcessEnv): boolean {
  return (
    Boolean(environment.DISABLE_CUSTOM_STARTUP) ||
    (app.switch !== undefined && environment[app.switch] === "0")
  );
}
