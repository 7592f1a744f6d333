import type { RuntimeConfig } from "../../model/runtime.ts";
import { suggest } from "../../terminal/suggest.ts";
import type { Log } from "../log/log.ts";
import type { Check } from "./_variable-checks.ts";
import { KASM_VARIABLES, logKasmVariables } from "./kasm.ts";
import { INTERNAL, type Row, TABLES, VARIABLES } from "./variables.ts";

/**
 * The container's environment with only valid settings, as their readers take them. An invalid one is logged with what it
 * must be and left out, so that the default is used. A name that looks like a setting and is none is logged, with the
 * setting that was probably meant. So is a setting for what this workspace does not have.
 */
export function checkVariables(
  environment: NodeJS.ProcessEnv,
  workspace: Workspace,
  log: Log,
): NodeJS.ProcessEnv {
  const checked: NodeJS.ProcessEnv = { ...environment };
  for (const [name, row] of VARIABLES) {
    const value = environment[name];
    if (row.check === undefined || value === undefined) continue;
    // An empty variable counts as not set.
    checked[name] = value.trim() === "" ? undefined : valid(name, value.trim(), row, row.check, log);
    if (checked[name] === undefined) delete checked[name];
  }
  const kasms = KASM_VARIABLES.flatMap(({ names }) => names);
  const known = new Set([...VARIABLES.keys(), ...INTERNAL, ...kasms, ...namesOf(workspace)]);
  for (const [name, value = ""] of Object.entries(environment)) {
    if (known.has(name) || isLink(name, value)) continue;
    const isOurs = /^(KASMIX|VNC)_/i.test(name);
    const meant = suggest(name, [...VARIABLES.keys()], isOurs ? {} : { edits: mostEdits(name) });
    if (!isOurs && !isTypo(name, meant)) continue;
    const hint = meant === undefined ? "See docs/operate/runtime.md for all." : `Did you mean ${meant}?`;
    log.warn({
      event: "setting.unknown",
      name,
      message: `${name} has no effect: there is no such setting. ${hint}`,
    });
  }
  logUnused(checked, workspace, log);
  logKasmVariables(environment, workspace, log);
  return checked;
}

type Workspace = Pick<RuntimeConfig, "apps" | "desktopEnvironment" | "environment" | "launcher">;

/** Logs settings of the container, not of the image, for what this workspace does not have. */
function logUnused(
  environment: NodeJS.ProcessEnv,
  { apps, launcher, ...workspace }: Workspace,
  log: Log,
): void {
  const browser = apps.some((app) => app.opensUrls) ? [] : ["KASM_URL", "START_URL", "LAUNCH_URL"];
  const policy = launcher ? [] : (TABLES["docs/operate/url-launcher.md"] ?? []).flatMap(({ names }) => names);
  for (const name of [...browser, ...policy]) {
    if (!environment[name] || name in workspace.environment) continue;
    const message = `${name} has no effect: this workspace has no ${browser.includes(name) ? "browser" : "URL launcher"}.`;
    log.info({ event: "setting.unused", name, message });
  }
}

/** The value of a setting, without its invalid parts, which are logged. */
function valid(name: string, value: string, row: Row, check: Check, log: Log): string | undefined {
  const parts = check.list ? value.split(",").flatMap((part) => part.trim() || []) : [value];
  const read = parts.map((part) => check.read(part));
  const instead = check.instead ?? row.standard.replaceAll("`", "");
  const wrong = parts.filter((_, index) => read[index] === undefined);
  for (const part of wrong) {
    const shown = part.length > LONGEST ? `${part.slice(0, LONGEST)}…` : part;
    const result = instead === "" ? "It is left out." : `The default, ${instead}, is used.`;
    const message = `${name}: "${shown}" is not ${check.wanted}. ${result}`;
    log.warn({ event: "setting.invalid", name, value: shown, message });
  }
  if (wrong.length > 0 && !check.list) return check.instead;
  return read.flatMap((part) => part ?? []).join() || undefined;
}

/** Characters of a value in the log. */
const LONGEST = 100;

/** Variables that the workspace gives a meaning. */
function namesOf({ apps, environment }: Workspace): string[] {
  const ofApps = apps.flatMap((app) => [app.switch ?? [], app.argumentsFrom ?? []].flat());
  return [...Object.keys(environment), ...ofApps];
}

/** Whether an engine or Kubernetes has made the variable for a container or service with such a name: kasmix-desktop. */
function isLink(name: string, value: string): boolean {
  return (
    /_SERVICE_(HOST|PORT)(_\w+)?$|_PORT_\d+_(TCP|UDP|SCTP)(_\w+)?$/.test(name) ||
    /^(tcp|udp|sctp):\/\//.test(value)
  );
}

/** Whether a name is a misspelling: of other beginnings and lengths there are many that have nothing to do with Kasmix. */
function isTypo(name: string, meant = ""): boolean {
  return name[0]?.toUpperCase() === meant[0] && Math.abs(name.length - meant.length) <= mostEdits(name);
}

/** Misspellings that still count as one. */
function mostEdits(name: string): number {
  return name.length < 5 ? 0 : name.length < 10 ? 1 : 2;
}
