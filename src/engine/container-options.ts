/** How a workspace's container is set up, by `kasmix run`, a compose file, or a line for a shell. */
export interface ContainerShape {
  readonly name: string;
  readonly hostname: string;
  /** Address and port on the machine, and the port in the container. */
  readonly bind: string;
  readonly port: number;
  readonly containerPort: number;
  /** Variable that is passed on from the environment, so that its value is written nowhere. */
  readonly secret: string;
  readonly volumes: readonly { readonly name: string; readonly path: string }[];
  /** Sizes in the engines' notation: `2g`. */
  readonly memory: string;
  readonly cpus: number;
  readonly sharedMemory: string;
  readonly pidsLimit: number;
  readonly capDrop: readonly string[];
  readonly securityOptions: readonly string[];
  readonly restart: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** The settings that the shape is made from. */
export interface ShapeSettings {
  readonly workspace: string;
  readonly port: number;
  readonly bind: string;
  /** Sizes as in the model: `2GiB`. */
  readonly memory: string;
  readonly cpus: number;
  readonly sharedMemory: string;
  /** Most processes and threads at once. */
  readonly pidsLimit: number;
  /** Volumes besides the home. */
  readonly volumes: readonly { readonly name: string; readonly path: string }[];
}

/** Where the gateway listens in every workspace. */
export const CONTAINER_PORT = 6901;

const HOME = "/home/kasm-user";

/** Labels of a container: its workspace, image and settings. */
export const LABEL = {
  workspace: "io.kasmix.workspace",
  digest: "io.kasmix.digest",
  settings: "io.kasmix.settings",
} as const;

/** Name of a workspace's container. */
export function containerName(workspace: string): string {
  return `kasmix-${workspace}`;
}

/** Name of a workspace's volume; the home is the volume `home`. */
export function volumeName(workspace: string, volume = "home"): string {
  return `kasmix-${workspace}-${volume}`;
}

/** A workspace's volumes: its home first. Names are without the workspace's. */
export function mountsOf(
  volumes: ShapeSettings["volumes"],
): readonly { readonly name: string; readonly path: string }[] {
  return [{ name: "home", path: HOME }, ...volumes];
}

/** The shape of a workspace's container, with as few rights as it needs. */
export function containerShape(settings: ShapeSettings): ContainerShape {
  const { workspace, port, bind, cpus, pidsLimit } = settings;
  return {
    name: containerName(workspace),
    hostname: "kasm",
    ...{ bind, port, containerPort: CONTAINER_PORT },
    secret: "VNC_PW",
    volumes: mountsOf(settings.volumes).map(({ name, path }) => ({
      name: volumeName(workspace, name),
      path,
    })),
    memory: renderSize(settings.memory),
    cpus,
    sharedMemory: renderSize(settings.sharedMemory),
    pidsLimit,
    capDrop: ["ALL"],
    securityOptions: ["no-new-privileges"],
    restart: "unless-stopped",
    labels: { [LABEL.workspace]: workspace },
  };
}

/** The shape as options of `docker create` and `docker run` (and Podman's). */
export function renderShapeOptions(shape: ContainerShape): string[] {
  return [
    ...["--name", shape.name],
    ...["--hostname", shape.hostname],
    ...["--publish", renderPublish(shape)],
    ...["--env", shape.secret],
    ...shape.volumes.flatMap(({ name, path }) => ["--volume", `${name}:${path}`]),
    ...["--memory", shape.memory, "--cpus", String(shape.cpus)],
    ...["--shm-size", shape.sharedMemory, "--pids-limit", String(shape.pidsLimit)],
    ...shape.capDrop.flatMap((name) => ["--cap-drop", name]),
    ...shape.securityOptions.flatMap((option) => ["--security-opt", option]),
    ...["--restart", shape.restart],
    ...Object.entries(shape.labels).flatMap(([name, value]) => ["--label", `${name}=${value}`]),
  ];
}

/** The published port: `127.0.0.1:6901:6901`. */
export function renderPublish({ bind, port, containerPort }: ContainerShape): string {
  return `${bracket(bind)}:${port}:${containerPort}`;
}

/** The address to connect to from this machine, for an address to listen on. */
export function hostOf(bind: string): string {
  if (bind === "0.0.0.0") return "127.0.0.1";
  return bind === "::" ? "::1" : bind;
}

/** An address in front of a port: IPv6 in brackets. */
export function bracket(address: string): string {
  return address.includes(":") ? `[${address}]` : address;
}

/** `2GiB` in the engines' notation: `2g`. */
function renderSize(size: string): string {
  return size.replace("GiB", "g").replace("MiB", "m");
}
