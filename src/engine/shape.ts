/** How a workspace's container is set up, whoever starts it: `kasmix run`, a compose file, or a line for a shell. */
export interface ContainerShape {
  readonly name: string;
  readonly hostname: string;
  /** Address and port on the machine, and the port behind it. */
  readonly bind: string;
  readonly port: number;
  readonly containerPort: number;
  /** Variable that is taken from the environment of whoever starts it, so that its value stands nowhere. */
  readonly secret: string;
  readonly volumes: readonly { readonly name: string; readonly path: string }[];
  /** Sizes as engines write them: `2g`. */
  readonly memory: string;
  readonly cpus: number;
  readonly sharedMemory: string;
  readonly capDrop: readonly string[];
  readonly securityOptions: readonly string[];
  readonly restart: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** What the shape comes from: parts of the settings that a container is run with. */
export interface ShapeSettings {
  readonly workspace: string;
  readonly port: number;
  readonly bind: string;
  /** Sizes as in the model: `2GiB`. */
  readonly memory: string;
  readonly cpus: number;
  readonly sharedMemory: string;
  /** Volumes besides the home. */
  readonly volumes: readonly { readonly name: string; readonly path: string }[];
}

/** Where the gateway listens in every workspace. */
export const CONTAINER_PORT = 6901;

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

/** What a workspace keeps: its home first, then its other volumes. Names are without the workspace's. */
export function mountsOf(
  volumes: ShapeSettings["volumes"],
): readonly { readonly name: string; readonly path: string }[] {
  return [{ name: "home", path: HOME }, ...volumes];
}

/** The shape of a workspace's container, with as few rights as it needs. */
export function containerShape(settings: ShapeSettings): ContainerShape {
  const { workspace, port, bind, cpus } = settings;
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
    capDrop: ["ALL"],
    securityOptions: ["no-new-privileges"],
    restart: "unless-stopped",
    labels: { [LABEL.workspace]: workspace },
  };
}

/** The options of `docker create` and `docker run` (and Podman's) that give a container this shape. */
export function renderShapeOptions(shape: ContainerShape): string[] {
  return [
    ...["--name", shape.name],
    ...["--hostname", shape.hostname],
    ...["--publish", renderPublish(shape)],
    ...["--env", shape.secret],
    ...shape.volumes.flatMap(({ name, path }) => ["--volume", `${name}:${path}`]),
    ...["--memory", shape.memory, "--cpus", String(shape.cpus)],
    ...["--shm-size", shape.sharedMemory],
    ...shape.capDrop.flatMap((name) => ["--cap-drop", name]),
    ...shape.securityOptions.flatMap((option) => ["--security-opt", option]),
    ...["--restart", shape.restart],
    ...Object.entries(shape.labels).flatMap(([name, value]) => ["--label", `${name}=${value}`]),
  ];
}

/** Which port of the machine leads to the desktop: `127.0.0.1:6901:6901`. */
export function renderPublish({ bind, port, containerPort }: ContainerShape): string {
  return `${bracket(bind)}:${port}:${containerPort}`;
}

/** Where this machine itself reaches what listens on an address: of all addresses, its own. */
export function hostOf(bind: string): string {
  if (bind === "0.0.0.0") return "127.0.0.1";
  return bind === "::" ? "::1" : bind;
}

/** An address as it stands before a port: IPv6 in brackets. */
export function bracket(address: string): string {
  return address.includes(":") ? `[${address}]` : address;
}

/** `2GiB` as engines write it: `2g`. */
function renderSize(size: string): string {
  return size.replace("GiB", "g").replace("MiB", "m");
}
