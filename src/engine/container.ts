import { KasmixError } from "../model/error.ts";
import type { Order } from "../runtime/supervisor/model.ts";
import type { Engine } from "./detect.ts";
import { requireFreePort } from "./port.ts";
import { CONTAINER_PORT_KEY, containerName, LABEL, renderUrl } from "./settings.ts";

/** The state of a workspace's container in the engine. */
export interface ContainerStatus {
  readonly workspace: string;
  readonly state: "running" | "stopped" | "absent";
  /** Empty when absent. */
  readonly container: string;
  /** Digest of the image it runs. */
  readonly digest: string;
  readonly image: string;
  /** Address for a browser; empty when no port is published. */
  readonly url: string;
  readonly bind: string;
  readonly port: number;
  readonly startedAt: string;
  /** How often the engine restarted it after it ended by itself. */
  readonly restarts: number;
  /** Fingerprint of the settings it was created with. */
  readonly settings: string;
}

/** The used fields of `docker container inspect`; Podman has the same. */
interface Inspected {
  readonly Name: string;
  readonly RestartCount?: number;
  readonly State: { readonly Running: boolean; readonly StartedAt: string };
  readonly Config: {
    readonly Image: string;
    readonly Env: readonly string[] | null;
    readonly Labels: Record<string, string> | null;
  };
  readonly HostConfig: {
    readonly PortBindings: Record<
      string,
      { readonly HostIp: string; readonly HostPort: string }[] | null
    > | null;
  };
}

/** The state of a workspace's container; `absent` without a container. */
export async function containerStatus(engine: Engine, workspace: string): Promise<ContainerStatus> {
  const [inspected] = await inspectContainers(engine, [workspace]);
  return inspected === undefined ? absentStatus(workspace) : statusFrom(workspace, inspected);
}

/** The states of many workspaces' containers, in their order, by one call of the engine. */
export async function containerStatuses(
  engine: Engine,
  workspaces: readonly string[],
): Promise<readonly ContainerStatus[]> {
  const found = new Map(
    (await inspectContainers(engine, workspaces)).map((inspected) => [nameOf(inspected), inspected]),
  );
  return workspaces.map((workspace) => {
    const inspected = found.get(containerName(workspace));
    return inspected === undefined ? absentStatus(workspace) : statusFrom(workspace, inspected);
  });
}

/** VNC_PW of an existing container; `undefined` without a container. */
export async function containerPassword(engine: Engine, workspace: string): Promise<string | undefined> {
  const [inspected] = await inspectContainers(engine, [workspace]);
  return inspected?.Config.Env?.find((line) => line.startsWith("VNC_PW="))?.slice("VNC_PW=".length);
}

/** The status of an existing container, running or not. Throws E_ENGINE without a container. */
export async function requireContainer(engine: Engine, workspace: string): Promise<ContainerStatus> {
  const status = await containerStatus(engine, workspace);
  if (status.state !== "absent") return status;
  throw new KasmixError("E_ENGINE", `The workspace "${workspace}" has no container.`, {
    fix: `Start it: ./kasmix up ${workspace}`,
  });
}

/** The status of a running container. Throws E_ENGINE if it does not run. */
export async function requireRunning(engine: Engine, workspace: string): Promise<ContainerStatus> {
  const status = await requireContainer(engine, workspace);
  if (status.state === "running") return status;
  throw new KasmixError("E_ENGINE", `The workspace "${workspace}" is stopped.`, {
    fix: `Start it: ./kasmix start ${workspace}`,
  });
}

/**
 * Starts, stops or restarts a container; one already in the wanted state is left alone. Throws E_ENGINE, also when another
 * program has taken the port meanwhile.
 */
export async function orderContainer(
  engine: Engine,
  order: Order,
  { container, state, bind, port }: ContainerStatus,
): Promise<void> {
  const running = state === "running";
  if (order === (running ? "start" : "stop")) return;
  if (!running && port !== 0) await requireFreePort(engine, bind, port);
  await engine.run([order, container]);
}

/** Which parts `removeContainer` removed. */
export interface Removal {
  readonly container: boolean;
  readonly volumes: readonly string[];
}

/**
 * Stops and removes a workspace's container, and with `volumes` its volumes, including the home. A missing container is not
 * an error.
 */
export async function removeContainer(engine: Engine, workspace: string, volumes: boolean): Promise<Removal> {
  const status = await containerStatus(engine, workspace);
  const name = containerName(workspace);
  if (status.state === "running") await engine.run(["stop", name]);
  if (status.state !== "absent") await engine.run(["rm", "--force", name]);
  await engine.attempt(["rm", "--force", `${name}-previous`]);
  const removed = volumes ? await removeVolumes(engine, workspace) : [];
  return { container: status.state !== "absent", volumes: removed };
}

/** The last lines of a workspace's container, from both streams. */
export async function containerLog(engine: Engine, workspace: string, lines: number): Promise<string[]> {
  const outcome = await engine.attempt(["logs", "--tail", String(lines), containerName(workspace)]);
  return `${outcome.stdout}\n${outcome.stderr}`.split("\n").filter((line) => line.trim() !== "");
}

/** Those that exist: the engine describes them, and fails because of the others. */
async function inspectContainers(engine: Engine, workspaces: readonly string[]): Promise<Inspected[]> {
  if (workspaces.length === 0) return [];
  const { stdout } = await engine.attempt(["container", "inspect", ...workspaces.map(containerName)]);
  return stdout.trim() === "" ? [] : JSON.parse(stdout);
}

/** Docker's names begin with a slash. */
function nameOf({ Name }: Inspected): string {
  return Name.replace(/^\//, "");
}

function absentStatus(workspace: string): ContainerStatus {
  const nothing = {
    container: "",
    digest: "",
    image: "",
    url: "",
    bind: "",
    port: 0,
    startedAt: "",
    restarts: 0,
  };
  return { workspace, state: "absent", ...nothing, settings: "" };
}

function statusFrom(workspace: string, inspected: Inspected): ContainerStatus {
  const labels = inspected.Config.Labels ?? {};
  const binding = inspected.HostConfig.PortBindings?.[CONTAINER_PORT_KEY]?.[0];
  const port = Number(binding?.HostPort ?? 0);
  const bind = binding?.HostIp || "0.0.0.0";
  return {
    workspace,
    state: inspected.State.Running ? "running" : "stopped",
    container: nameOf(inspected),
    digest: labels[LABEL.digest] ?? "",
    image: inspected.Config.Image,
    url: port === 0 ? "" : renderUrl(bind, port),
    bind,
    port,
    startedAt: inspected.State.StartedAt,
    restarts: inspected.RestartCount ?? 0,
    settings: labels[LABEL.settings] ?? "",
  };
}

async function removeVolumes(engine: Engine, workspace: string): Promise<string[]> {
  const filter = `label=${LABEL.workspace}=${workspace}`;
  const names = (await engine.run(["volume", "ls", "--quiet", "--filter", filter]))
    .split("\n")
    .filter(Boolean);
  if (names.length > 0) await engine.run(["volume", "rm", ...names]);
  return names;
}
