import { join } from "node:path";
import type { ResolvedApp } from "../../model/runtime.ts";
import type { Need } from "../../model/types.ts";
import type { Directories } from "../boot/directories.ts";
import type { ServiceSpec } from "../supervisor/run.ts";
import { prepareApp } from "./prepare-app.ts";
import { splitArguments } from "./split-arguments.ts";

const NEEDS: readonly Required<Need>[] = [
  { service: "display", condition: "ready" },
  // A desktop that was given up must not take the apps with it.
  { service: "desktop", condition: "settled" },
];

/** An app as it is run here. */
export interface RunnableApp extends ResolvedApp {
  /** Arguments behind all others, whatever replaces those. @default none */
  readonly fixed?: readonly string[];
}

/** The services that the autostarted apps are; of those that open addresses the first gets the one to start with. */
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

/** Does what is to be done before each start of an app. */
export function prepareFor(app: ResolvedApp, { home }: Directories): () => void {
  return () => prepareApp(app.before, (path) => join(home, path.slice(2)));
}

/**
 * What is run for an app: its own arguments, or the words of the variable that replaces them, and an address. In its
 * own, `{NAME}` stands for an environment variable.
 */
export function appCommand(app: RunnableApp, environment: NodeJS.ProcessEnv, url?: string): string[] {
  const [program = "", ...own] = app.command;
  const given = app.argumentsFrom === undefined ? undefined : environment[app.argumentsFrom];
  const words = given ? splitArguments(given) : own.map((word) => fillIn(word, environment));
  const { fixed = [] } = app;
  // Behind "--" the fixed ones would be read as addresses, and the browser go past the proxy.
  const options = fixed.length > 0 ? words.filter((word) => word !== "--") : words;
  return [program, ...options, ...fixed, ...(url === undefined ? [] : [url])];
}

function fillIn(word: string, environment: NodeJS.ProcessEnv): string {
  return word.replace(/\{([A-Z_][A-Z0-9_]*)\}/g, (_, name: string) => environment[name] ?? "");
}

/** The address to start with; one that begins with a dash would be taken for an option. */
function startUrl({ KASM_URL, START_URL, LAUNCH_URL }: NodeJS.ProcessEnv): string | undefined {
  const url = KASM_URL || START_URL || LAUNCH_URL;
  return url && !url.startsWith("-") ? url : undefined;
}

/** Whether the app waits for somebody to start it. */
function isHeld(app: ResolvedApp, environment: NodeJS.ProcessEnv): boolean {
  return (
    Boolean(environment.DISABLE_CUSTOM_STARTUP) ||
    (app.switch !== undefined && environment[app.switch] === "0")
  );
}
