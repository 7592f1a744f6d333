import { existsSync, readFileSync, readlinkSync } from "node:fs";
import { resolve } from "node:path";
import type { GpuPlaces } from "../files/list-gpus.ts";
import { type Fault, KasmixError } from "../model/error.ts";
import { bracket, CONTAINER_PORT, mountsOf, type ShapeSettings } from "./container-options.ts";
import type { Engine } from "./detect.ts";
import { gpusFrom, groupsOf, renderNvidia } from "./gpu.ts";

/** What a container gets besides the settings of its workspace, checked and in the engines' notation. */
export interface Extras {
  readonly environment: Readonly<Record<string, string>>;
  /** `/folder:/path:ro` or `volume:/path`. */
  readonly volumes: readonly string[];
  /** `127.0.0.1:4902:4902/tcp`. */
  readonly publish: readonly string[];
  readonly devices: readonly string[];
  /** NVIDIA's GPUs: `all`, or numbers and UUIDs. */
  readonly nvidia: readonly string[];
  /** Ids of the groups that may open the devices. */
  readonly groups: readonly number[];
}

/** The flags as given, each as often as it was. */
export interface ExtraFlags {
  readonly env: readonly string[];
  readonly "env-file": readonly string[];
  readonly volume: readonly string[];
  readonly publish: readonly string[];
  readonly device: readonly string[];
  readonly gpu: readonly string[];
}

/** What the flags must fit to. */
export interface ExtrasSubject extends Pick<ShapeSettings, "bind" | "port" | "volumes"> {
  /** The workspace's own variables. */
  readonly variables: Readonly<Record<string, string>>;
  /** This machine's. @default process.env */
  readonly environment?: NodeJS.ProcessEnv;
  /** The link that names this machine's time zone. @default "/etc/localtime" */
  readonly localtime?: string;
  /** @default this machine's */
  readonly gpuPlaces?: GpuPlaces;
}

/**
 * Reads the flags. Of a variable the last value counts, files coming before `--env`; a name alone takes this machine's
 * value, as with Docker. TZ is this machine's unless a flag or the workspace sets it. Throws E_USAGE with all faults.
 */
export function readExtras(flags: ExtraFlags, subject: ExtrasSubject): Extras {
  const faults: Fault[] = [];
  const { environment = process.env, localtime = "/etc/localtime" } = subject;
  const zone = subject.variables.TZ === undefined ? hostTimeZone(environment, localtime) : undefined;
  const given = variablesFrom(flags, environment, faults);
  const variables = { ...(zone === undefined ? {} : { TZ: zone }), ...given };
  const extras = {
    environment: Object.fromEntries(Object.entries(variables).sort(([a], [b]) => (a < b ? -1 : 1))),
    volumes: volumesFrom(flags.volume, subject, faults),
    publish: portsFrom(flags.publish, subject, faults),
    ...devicesFrom(flags, subject, faults),
  };
  if (faults.length === 0) return extras;
  const message = "The container cannot be set up like that.";
  throw new KasmixError("E_USAGE", message, { faults });
}

/** The extras as options of `docker create` and `podman create`; values of variables are not among them. */
export function renderExtras(
  { environment, ...extras }: Extras,
  kind: Engine["kind"] = "docker",
  isRoot = process.getuid?.() === 0,
): string[] {
  return [
    ...Object.entries(environment).flatMap(([name, value]) => [
      "--env",
      STEERS_ENGINE.test(name) ? `${name}=${value}` : name,
    ]),
    ...extras.volumes.flatMap((volume) => ["--volume", volume]),
    ...extras.publish.flatMap((port) => ["--publish", port]),
    ...extras.devices.flatMap((device) => ["--device", device]),
    ...renderNvidia(extras.nvidia, kind),
    ...groupOptions(extras.groups, kind === "podman" && !isRoot),
  ];
}

/** The environment in which the engine finds the values of the variables: no process list shows it. */
export function extrasEnvironment({ environment }: Extras): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !STEERS_ENGINE.test(name)));
}

/** The time zone of this machine: TZ, or what /etc/localtime links to; undefined if neither names one. */
export function hostTimeZone(environment: NodeJS.ProcessEnv, localtime: string): string | undefined {
  const linked = () => /\/zoneinfo\/(?:posix\/|right\/)?(.+)$/.exec(readlinkSync(localtime))?.[1];
  try {
    const zone = environment.TZ?.replace(/^:/, "") || linked();
    return zone !== undefined && /^[A-Za-z][\w+-]*(\/[\w+-]+)*$/.test(zone) ? zone : undefined;
  } catch {
    return undefined; // no link
  }
}

/** These would change what the engine's own program does, and none is a secret. */
const STEERS_ENGINE =
  /^(PATH|HOME|USER|SHELL|TMPDIR|(XDG|DOCKER|BUILDKIT|PODMAN|CONTAINERS?|STORAGE|LD|DBUS|SSL|GO)[A-Z_]*)$/;

function variablesFrom(
  flags: Pick<ExtraFlags, "env" | "env-file">,
  environment: NodeJS.ProcessEnv,
  faults: Fault[],
): Record<string, string> {
  const variables: Record<string, string> = {};
  const lines = flags["env-file"].flatMap((file) => linesOf(file, faults));
  for (const { path, text } of [...lines, ...flags.env.map((text) => ({ path: "--env", text }))]) {
    const [, name = "", assigned] = /^([^=]*)(?:=(.*))?$/s.exec(text) ?? [];
    const value = assigned ?? environment[name];
    // The value may be a secret, so no message has it.
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      faults.push({
        path,
        message: "the name of a variable is missing or invalid",
        fix: "Write NAME=VALUE.",
      });
    } else if (value === undefined) {
      faults.push({ path, message: `${name} is not set here`, fix: `Write ${name}=VALUE, or set it.` });
    } else if (name === "VNC_PW" && value === "") {
      faults.push({ path, message: "VNC_PW is empty", fix: "Leave it out, and a password is generated." });
    } else if (name === "NO_VNC_PORT") {
      const message = `NO_VNC_PORT is the port in the container, which must stay ${CONTAINER_PORT}`;
      faults.push({ path, message, fix: "Choose the port on this machine: --port PORT." });
    } else variables[name] = value;
  }
  return variables;
}

/** The lines of a file as Docker reads it: blank lines and comments are skipped, nothing is quoted. */
function linesOf(file: string, faults: Fault[]): { path: string; text: string }[] {
  try {
    return readFileSync(file, "utf8")
      .split(/\r?\n/)
      .map((line, index) => ({ path: `${file}:${index + 1}`, text: line.trimStart() }))
      .filter(({ text }) => text !== "" && !text.startsWith("#"));
  } catch (error) {
    const message = `${file} cannot be read: ${error instanceof Error ? error.message : error}`;
    faults.push({ path: "--env-file", message, fix: "Name a file of lines NAME=VALUE." });
    return [];
  }
}

const VOLUME_OPTION = /^(ro|rw|z|Z|U|nocopy|r?(shared|slave|private))$/;

function volumesFrom(texts: readonly string[], { volumes }: ExtrasSubject, faults: Fault[]): string[] {
  const taken = new Set(mountsOf(volumes).map((volume) => volume.path));
  return texts.map((text) => {
    const [given = "", path = "", options, ...more] = text.split(":");
    const isFolder = /^[./~]/.test(given);
    const source = isFolder ? resolve(given) : given;
    const complain = (message: string, fix: string) =>
      void faults.push({ path: `--volume ${text}`, message, fix });
    if (!/^\/./.test(path) || more.length > 0) {
      complain("is not SOURCE:PATH", "Write /folder/here:/path/in/the/container, and :ro to protect it.");
    } else if (isFolder && !existsSync(source)) {
      complain(`${source} does not exist`, "Make it first, or name a volume: projects:/srv/projects.");
    } else if (!isFolder && !/^[A-Za-z0-9][\w.-]+$/.test(source)) {
      complain(`"${source}" is neither a path nor a volume's name`, "Begin a path with / or with a dot.");
    } else if (taken.has(resolve(path))) {
      complain(`${resolve(path)} is mounted already`, "Choose another path.");
    }
    for (const option of options?.split(",") ?? []) {
      if (!VOLUME_OPTION.test(option)) complain(`there is no option "${option}"`, "Usual are ro and z.");
    }
    taken.add(resolve(path));
    return [source, path, ...(options === undefined ? [] : [options])].join(":");
  });
}

function portsFrom(texts: readonly string[], { bind, port }: ExtrasSubject, faults: Fault[]): string[] {
  const taken = new Set([`${port}/tcp`]);
  return texts.map((text) => {
    const [, address = bracket(bind), outside = "", inside = outside, protocol = "tcp"] =
      /^(?:(\d+\.[\d.]+|\[[\da-fA-F:.]+\]):)?(\d+)(?::(\d+))?(?:\/(tcp|udp))?$/.exec(text) ?? [];
    const complain = (message: string, fix: string) =>
      void faults.push({ path: `--publish ${text}`, message, fix });
    if (![outside, inside].every(isPort)) {
      complain("is not [ADDRESS:]PORT:PORT", "Write the port here and the one in the container: 4902:4902.");
    } else if (inside === `${CONTAINER_PORT}` && protocol === "tcp") {
      complain(
        `port ${CONTAINER_PORT} is published already`,
        "Choose its port here by --port, its address by --bind.",
      );
    } else if (taken.has(`${outside}/${protocol}`)) {
      complain(`port ${outside} is given twice`, "Choose another port here.");
    }
    taken.add(`${outside}/${protocol}`);
    return `${address}:${outside}:${inside}/${protocol}`;
  });
}

function isPort(text: string): boolean {
  return Number(text) >= 1 && Number(text) <= 65535;
}

function devicesFrom(
  flags: Pick<ExtraFlags, "device" | "gpu">,
  { gpuPlaces }: ExtrasSubject,
  faults: Fault[],
): Pick<Extras, "devices" | "nvidia" | "groups"> {
  const named = flags.device.map((text) => deviceFrom(text, faults));
  const { nodes, nvidia } = gpusFrom(flags.gpu, faults, gpuPlaces);
  const devices = [...named, ...nodes];
  return { devices, nvidia, groups: groupsOf(devices.map((device) => device.split(":")[0] ?? "")) };
}

function deviceFrom(text: string, faults: Fault[]): string {
  const [source = "", target = "/", access = "rwm", ...more] = text.split(":");
  const complain = (message: string, fix: string) =>
    void faults.push({ path: `--device ${text}`, message, fix });
  // A name of the Container Device Interface: nvidia.com/gpu=all.
  if (/^[A-Za-z0-9][\w.-]*\/[\w.-]+=[\w.:-]+$/.test(text)) return text;
  if (!source.startsWith("/") || !target.startsWith("/") || !/^[rwm]+$/.test(access) || more.length > 0) {
    complain("is not a device", "Write /dev/dri/renderD128, or vendor.com/class=name.");
  } else if (!existsSync(source)) {
    complain(`${source} does not exist`, "Look for it: ls /dev /dev/dri");
  }
  return text;
}

/** A container of a user's own Podman knows no group of the machine, but may keep those of the user. */
function groupOptions(groups: readonly number[], isUsersOwn: boolean): string[] {
  if (isUsersOwn && groups.length > 0) return ["--group-add", "keep-groups"];
  return groups.flatMap((group) => ["--group-add", `${group}`]);
}
