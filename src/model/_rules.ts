import { statSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { reservedPathFaults } from "./_files.ts";
import type { Command } from "./basic-types.ts";
import type { Fault } from "./error.ts";
import { entries, type Lenient, present } from "./lenient.ts";
import { isRecord, type Step, showPath } from "./paths.ts";
import { BUILT_IN_SERVICES } from "./runtime.ts";
import { showValue } from "./schema-faults.ts";
import type { Readiness, Workspace } from "./types.ts";

/** Ports that every image exposes, each with what answers there. */
export const RESERVED_PORTS: ReadonlyMap<number, string> = new Map([
  [6901, "the desktop"],
  [4901, "sound"],
  [4902, "uploads"],
  [4903, "the microphone"],
  [4904, "gamepads"],
]);

/** Ports of the URL launcher, by the variables that change them: its HTTP API, its proxy, the browser's debugger. */
const LAUNCHER_PORTS: Readonly<Record<string, number>> = {
  NAV_SHIM_PORT: 9998,
  KASMIX_EGRESS_PORT: 9997,
  CDP_PORT: 9222,
};

/** Volumes that every container has, or a pod of Kubernetes (src/manifest). */
const OWN_VOLUMES: readonly string[] = ["home", "tmp", "dshm", "tun"];

/** Variables that Kasmix sets by itself, each with what to do instead of setting it. */
const OWN_VARIABLES: Readonly<Record<string, string>> = {
  DBUS_SESSION_BUS_ADDRESS: "Remove it: Kasmix sets it.",
  DISPLAY: "Remove it: Kasmix sets it.",
  KASMIX_IDLE_LIMIT: "Set `session.idle`.",
  KASMIX_SESSION_END: "Set `session.end`.",
  KASMIX_SESSION_LIMIT: "Set `session.longest`.",
  HOME: "Remove it: the home is /home/kasm-user.",
  KASMIX_THEME: "Set `desktop.theme`.",
  MAX_FRAME_RATE: "Set `display.frameRate`.",
  USER: "Remove it: the user is kasm-user.",
  VNC_RESOLUTION: "Set `display.resolution`.",
  XAUTHORITY: "Remove it: Kasmix sets it.",
  XDG_RUNTIME_DIR: "Remove it: Kasmix sets it.",
};

/** `folder` is the absolute path of the workspace's folder, `name` the folder's name. */
export function identityFaults(
  workspace: Lenient<Workspace>,
  { folder, name }: { folder: string; name: string },
): Fault[] {
  const faults: Fault[] = [];
  if (workspace.name !== undefined && workspace.name !== name) {
    const message = `is "${workspace.name}", but the folder is workspaces/${name}`;
    faults.push({ path: "name", message, fix: `Name it "${name}", or rename the folder.` });
  }
  if (/-(nixpkgs|kasmvnc|kasmvnc-release)$/.test(workspace.name ?? "")) {
    const message = "ends like the name of another image of a workspace";
    faults.push({
      path: "name",
      message,
      fix: "Choose a name without -nixpkgs, -kasmvnc or -kasmvnc-release at its end.",
    });
  }
  const { icon } = workspace;
  if (icon !== undefined && !isAbsolute(icon) && !isFile(join(folder, icon))) {
    const message = `there is no file "${icon}" in ${folder}`;
    faults.push({ path: "icon", message, fix: "Create it, or correct the name." });
  }
  return faults;
}

/** An end of the session without a limit that it belongs to. */
export function sessionFaults({ session = {} }: Lenient<Workspace>): Fault[] {
  if (session.end === undefined || session.idle !== undefined || session.longest !== undefined) return [];
  const message = "has no effect, because no limit ends the session";
  return [{ path: "session.end", message, fix: "Set `session.idle` or `session.longest`, or remove it." }];
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Services, apps and built-in services share one set of names; packages and volumes each have their own. */
export function nameFaults(workspace: Lenient<Workspace>): Fault[] {
  const services = Object.keys(workspace.services ?? {});
  const apps = present(workspace.apps).map(({ item, index }): Named => [["apps", index, "name"], item.name]);
  const volumes = present(workspace.volumes);
  return [
    ...services.filter((name) => !/^[a-z][a-z0-9-]{0,39}$/.test(name)).map(oddServiceFault),
    ...repeated([
      ...BUILT_IN_SERVICES.map((name): Named => ["a built-in service", name]),
      ...services.map((name): Named => [["services", name], name]),
      ...apps,
    ]),
    ...repeated(present(workspace.packages).map(({ item, index }): Named => [["packages", index], item])),
    ...repeated([
      ...OWN_VOLUMES.map((name): Named => ["a volume of Kasmix's own", name]),
      ...volumes.map(({ item, index }): Named => [["volumes", index, "name"], item.name]),
    ]),
    ...repeated(volumes.map(({ item, index }): Named => [["volumes", index, "path"], item.path])),
    ...volumes.flatMap(({ item, index }) =>
      volumePathFaults(item.path, showPath(["volumes", index, "path"])),
    ),
  ];
}

/** Two services on one port, or one on a port of Kasmix's own. */
export function portFaults(workspace: Lenient<Workspace>): Fault[] {
  const takenBy = new Map(launcherPorts(workspace).map((port) => [port, "the URL launcher"]));
  return entries(workspace.services).flatMap(([name, { port }]): Fault[] => {
    if (port === undefined) return [];
    const path = showPath(["services", name, "port"]);
    const owner = RESERVED_PORTS.get(port) ?? takenBy.get(port);
    takenBy.set(port, takenBy.get(port) ?? `the service "${name}"`);
    if (owner === undefined) return [];
    return [{ path, message: `port ${port} is already taken by ${owner}`, fix: "Choose another port." }];
  });
}

function launcherPorts({ launcher, environment }: Lenient<Workspace>): number[] {
  if (launcher === undefined) return [];
  return Object.entries(LAUNCHER_PORTS).map(([name, port]) => Number(environment?.[name] ?? port));
}

/** Variables with invalid names, variables that Kasmix sets, and variables that would put a secret into the image. */
export function environmentFaults(workspace: Lenient<Workspace>): Fault[] {
  const places: [Step[], Lenient<Readonly<Record<string, string>>> | undefined][] = [
    [["environment"], workspace.environment],
    ...entries(workspace.services).map(([name, { environment }]): [Step[], typeof environment] => [
      ["services", name, "environment"],
      environment,
    ]),
    ...present(workspace.apps).map(({ item, index }): [Step[], typeof item.environment] => [
      ["apps", index, "environment"],
      item.environment,
    ]),
  ];
  return places.flatMap(([steps, environment]) =>
    Object.keys(environment ?? {}).flatMap((name) => variableFaults(name, showPath([...steps, name]))),
  );
}

/** Invalid regular expressions. */
export function readinessFaults(workspace: Lenient<Workspace>): Fault[] {
  return [
    ...entries(workspace.services).flatMap(([name, { ready }]) => logFaults(ready, ["services", name])),
    ...present(workspace.apps).flatMap(({ item, index }) => logFaults(item.ready, ["apps", index])),
  ];
}

/** Commands with an empty program. */
export function commandFaults(workspace: Lenient<Workspace>): Fault[] {
  const owners: [Step[], Lenient<Command> | undefined][] = [
    ...entries(workspace.services).map(([name, { command }]): [Step[], typeof command] => [
      ["services", name],
      command,
    ]),
    ...present(workspace.apps).map(({ item, index }): [Step[], typeof item.command] => [
      ["apps", index],
      item.command,
    ]),
  ];
  return owners.flatMap(([steps, command]): Fault[] => {
    if (command?.[0] !== "") return [];
    return [
      { path: showPath([...steps, "command", 0]), message: "names no program", fix: "Name the program." },
    ];
  });
}

/** Texts that a command line or a file of the image cannot hold, and values that JSON does not have. */
export function textFaults(value: unknown, steps: readonly Step[] = []): Fault[] {
  const isNumber = typeof value === "bigint" || (typeof value === "number" && !Number.isFinite(value));
  if (isNumber || typeof value === "function" || typeof value === "symbol") {
    const message = `${showValue(value)} cannot be written as JSON`;
    return [{ path: showPath(steps), message, fix: "Write it as a text, or remove it." }];
  }
  if (typeof value === "string") {
    const problem = value.includes("\0")
      ? "a NUL character"
      : /\p{Cs}/u.test(value)
        ? "half a surrogate pair"
        : "";
    return problem === "" ? [] : [{ path: showPath(steps), message: `holds ${problem}`, fix: "Remove it." }];
  }
  if (Array.isArray(value)) return value.flatMap((item, index) => textFaults(item, [...steps, index]));
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => textFaults(item, [...steps, key]));
}

/** A name and where it stands, as steps or in words. */
type Named = readonly [place: readonly Step[] | string, name: string | undefined];

function repeated(all: readonly Named[]): Fault[] {
  const first = new Map<string, string>();
  return all.flatMap(([place, name]): Fault[] => {
    if (name === undefined) return [];
    const path = typeof place === "string" ? place : showPath(place);
    const earlier = first.get(name);
    first.set(name, earlier ?? path);
    if (earlier === undefined) return [];
    return [
      {
        path,
        message: `"${name}" is already used by ${earlier}`,
        fix: "Choose another, or remove one of the two.",
      },
    ];
  });
}

/** A volume inside the home is allowed; the home itself is one already. */
function volumePathFaults(path: string | undefined, at: string): Fault[] {
  if (path?.startsWith("/home/kasm-user/")) return [];
  if (path !== "/home/kasm-user") return reservedPathFaults(path, at);
  return [{ path: at, message: "the home is a volume already", fix: "Remove it." }];
}

function oddServiceFault(name: string): Fault {
  const message = `expected lower-case letters, digits and \`-\`, a letter first, at most 40, got "${name}"`;
  return { path: showPath(["services", name]), message, fix: "Rename the service." };
}

function variableFaults(name: string, path: string): Fault[] {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    const fix = "Use letters, digits and `_`, no digit first.";
    return [{ path, message: `"${name}" cannot be the name of an environment variable`, fix }];
  }
  if (
    /(^|_)(PASSWORD|PASSWD|PASSPHRASE|PW|SECRET|TOKEN|JWT|(API|ACCESS|PRIVATE)_?KEY|CREDENTIALS?)$/i.test(
      name,
    )
  ) {
    const fix = `Pass secrets at run time: \`docker run -e ${name}=…\`.`;
    return [
      { path, message: `${name} looks like a secret, and anyone can read an image's environment`, fix },
    ];
  }
  const fix = OWN_VARIABLES[name];
  return fix === undefined ? [] : [{ path, message: `${name} is set by Kasmix`, fix }];
}

function logFaults(ready: Lenient<Readiness> | undefined, steps: readonly Step[]): Fault[] {
  if (ready === undefined || !("log" in ready) || typeof ready.log !== "string") return [];
  try {
    new RegExp(ready.log);
    return [];
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return [{ path: showPath([...steps, "ready", "log"]), message, fix: "Correct the regular expression." }];
  }
}
