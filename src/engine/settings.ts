import { createHash } from "node:crypto";

/** How a workspace's container runs: what decides whether a running one can stay. */
export interface RunSettings {
  readonly workspace: string;
  /** Image to run, by tag or id. */
  readonly image: string;
  /** The image's digest. */
  readonly digest: string;
  /** Port on this machine. */
  readonly port: number;
  /** Address on this machine that the port is bound to. */
  readonly bind: string;
  /** Sizes as in the model: `2GiB`. */
  readonly memory: string;
  readonly cpus: number;
  readonly sharedMemory: string;
  /** Volumes besides the home. */
  readonly volumes: readonly { readonly name: string; readonly path: string }[];
  readonly password: string;
}

/** Where the gateway listens in every workspace. */
const CONTAINER_PORT = 6901;

/** The same, as `inspect` writes it. */
export const CONTAINER_PORT_KEY = `${CONTAINER_PORT}/tcp`;

const HOME = "/home/kasm-user";

/** The label that tells which workspace a container belongs to; the others hang on it. */
export const LABEL = {
  workspace: "io.kasmix.workspace",
  digest: "io.kasmix.digest",
  settings: "io.kasmix.settings",
  displayServer: "io.kasmix.display-server",
} as const;

/** Name of a workspace's container. */
export function containerName(workspace: string): string {
  return `kasmix-${workspace}`;
}

/** Name of a workspace's volume; the home is the volume `home`. */
export function volumeName(workspace: string, volume = "home"): string {
  return `kasmix-${workspace}-${volume}`;
}

/**
 * Arguments of `docker create` (and Podman's). The password is not among them: `-e VNC_PW` without a value takes
 * it from the environment, so that it never shows in a process list.
 */
export function renderCreateArguments(
  settings: RunSettings,
  engineOptions: readonly string[] = [],
): string[] {
  const { workspace, volumes } = settings;
  const mounts = [{ name: "home", path: HOME }, ...volumes];
  return [
    "create",
    ...["--name", containerName(workspace)],
    ...["--hostname", "kasm"],
    ...["--publish", `${bracket(settings.bind)}:${settings.port}:${CONTAINER_PORT}`],
    ...["--env", "VNC_PW"],
    ...mounts.flatMap(({ name, path }) => ["--volume", `${volumeName(workspace, name)}:${path}`]),
    ...["--memory", renderSize(settings.memory), "--cpus", String(settings.cpus)],
    ...["--shm-size", renderSize(settings.sharedMemory)],
    ...["--cap-drop", "ALL", "--security-opt", "no-new-privileges"],
    ...["--restart", "unless-stopped"],
    ...["--label", `${LABEL.workspace}=${workspace}`],
    ...["--label", `${LABEL.digest}=${settings.digest}`],
    ...["--label", `${LABEL.settings}=${fingerprint(settings)}`],
    ...engineOptions,
    settings.image,
  ];
}

/** Tells whether two settings are the same, without saying what they are (the password is among them). */
export function fingerprint(settings: RunSettings): string {
  const { image: _image, ...rest } = settings;
  const sorted = Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash("sha256").update(JSON.stringify(sorted)).digest("hex").slice(0, 32);
}

/** The address to type into a browser on this machine. */
export function renderUrl(bind: string, port: number): string {
  return `https://${["127.0.0.1", "0.0.0.0", "::"].includes(bind) ? "localhost" : bracket(bind)}:${port}/`;
}

/** `2GiB` as engines write it: `2g`. */
function renderSize(size: string): string {
  return size.replace("GiB", "g").replace("MiB", "m");
}

function bracket(address: string): string {
  return address.includes(":") ? `[${address}]` : address;
}
