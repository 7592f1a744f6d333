import { KasmixError } from "../model/error.ts";
import { type ContainerStatus, containerStatus } from "./container.ts";
import type { Engine } from "./detect.ts";
import { otherPort, requireFreePort } from "./port.ts";
import {
  containerName,
  createEnvironment,
  fingerprint,
  LABEL,
  type RunSettings,
  renderCreateArguments,
  volumeName,
} from "./settings.ts";

/** How the container came to run. */
export interface RunResult {
  /** `unchanged`: it already ran with this image and these settings; `upgraded`: it replaced another. */
  readonly action: "started" | "upgraded" | "unchanged";
  readonly container: string;
}

/**
 * Runs a workspace's container with these settings. A container with the same image and settings stays; another is
 * replaced, and restored when the new one does not start. Volumes always stay. Throws E_ENGINE, also when another program
 * uses the port.
 */
export async function runContainer(engine: Engine, settings: RunSettings): Promise<RunResult> {
  const name = containerName(settings.workspace);
  await restoreInterrupted(engine, name);
  const old = await containerStatus(engine, settings.workspace);
  if (old.settings === fingerprint(settings)) {
    if (old.state === "running") return { action: "unchanged", container: name };
    await requireFreePort(engine, settings.bind, settings.port);
    await engine.run(["start", name]);
    return { action: "started", container: name };
  }
  await requireUsablePort(engine, settings, old);
  await createVolumes(engine, settings);
  if (old.state === "absent") await createAndStart(engine, settings);
  else await replace(engine, settings, old);
  return { action: old.state === "absent" ? "started" : "upgraded", container: name };
}

/**
 * Throws E_ENGINE when the port is not free, unless the workspace's own running container uses it. Worth checking before a
 * long build.
 */
export async function requireUsablePort(
  engine: Engine,
  { workspace, bind, port }: Pick<RunSettings, "workspace" | "bind" | "port">,
  known?: ContainerStatus,
): Promise<void> {
  const status = known ?? (await containerStatus(engine, workspace));
  if (status.state !== "running" || status.port !== port) await requireFreePort(engine, bind, port);
}

/**
 * The old container is kept under another name until the new one runs, and is stopped only when that has been created; no
 * abort interrupts this.
 */
async function replace(engine: Engine, settings: RunSettings, old: ContainerStatus): Promise<void> {
  const name = containerName(settings.workspace);
  const detached = { signal: undefined };
  await engine.run(["rename", name, previousName(name)], detached);
  let stopped = false;
  try {
    await createAndStart(engine, settings, async () => {
      stopped = old.state === "running";
      if (stopped) await engine.run(["stop", previousName(name)], detached);
    });
  } catch (error) {
    await engine.attempt(["rename", previousName(name), name], detached);
    if (stopped) await engine.attempt(["start", name], detached);
    throw error;
  }
  await engine.run(["rm", "--force", previousName(name)], detached);
}

async function createAndStart(
  engine: Engine,
  settings: RunSettings,
  makeRoom: () => Promise<void> = async () => {},
): Promise<void> {
  const name = containerName(settings.workspace);
  try {
    await engine.run(renderCreateArguments(settings, engine), { environment: createEnvironment(settings) });
    await makeRoom();
    await engine.run(["start", name]);
  } catch (error) {
    await engine.attempt(["rm", "--force", name], { signal: undefined });
    throw await explain(error, settings);
  }
}

/** If Kasmix is killed during an upgrade, the old container keeps its other name. The one that runs counts. */
async function restoreInterrupted(engine: Engine, name: string): Promise<void> {
  const previous = previousName(name);
  const stateOf = async (other: string): Promise<string> => {
    const { ok, stdout } = await engine.attempt([
      "container",
      "inspect",
      "--format",
      "{{.State.Running}}",
      other,
    ]);
    return ok ? stdout.trim() : "absent";
  };
  const old = await stateOf(previous);
  if (old === "absent") return;
  const present = await stateOf(name);
  if (present === "true" || (present === "false" && old === "false")) {
    await engine.run(["rm", "--force", previous]);
    return;
  }
  if (present === "false") await engine.run(["rm", "--force", name]);
  await engine.run(["rename", previous, name]);
}

/** The label lets `down --volume` find them; a volume that exists stays as it is. */
async function createVolumes(engine: Engine, settings: RunSettings): Promise<void> {
  const label = `${LABEL.workspace}=${settings.workspace}`;
  const names = ["home", ...settings.volumes.map((volume) => volume.name)];
  for (const name of names) {
    const volume = volumeName(settings.workspace, name);
    if ((await engine.attempt(["volume", "inspect", volume])).ok) continue;
    await engine.run(["volume", "create", "--label", label, volume]);
  }
}

function previousName(name: string): string {
  return `${name}-previous`;
}

const TOOLKIT =
  "Install NVIDIA's container toolkit (for Podman also: nvidia-ctk cdi generate --output=/etc/cdi/nvidia.yaml), or choose another GPU: --gpu=/dev/dri/renderD128";

async function explain(error: unknown, settings: RunSettings): Promise<unknown> {
  if (!(error instanceof KasmixError)) return error;
  if (/port is already allocated|address already in use/i.test(error.message)) {
    const extra = settings.extras?.publish.find((text) => isAbout(error.message, text.split(":").at(-2)));
    if (extra !== undefined && !isAbout(error.message, `${settings.port}`)) {
      const fix = `Choose another port on this machine in --publish ${extra}.`;
      return new KasmixError("E_ENGINE", `The port of --publish ${extra} is taken: ${error.message}`, {
        fix,
      });
    }
    return new KasmixError("E_ENGINE", `Port ${settings.port} is taken: ${error.message}`, {
      fix: `Choose another: ${await otherPort(settings.bind, settings.port)}`,
      cause: error,
    });
  }
  if (/capabilities: \[\[gpu\]\]|nvidia\.com\/gpu/.test(error.message)) {
    const message = `The engine cannot give NVIDIA's GPU: ${error.message}`;
    return new KasmixError("E_ENGINE", message, { fix: TOOLKIT, cause: error });
  }
  if (/no such image|image not known/i.test(error.message)) {
    const fix = `Load it first: ./kasmix load ${settings.workspace}`;
    return new KasmixError("E_ENGINE", `The image ${settings.image} is not loaded.`, { fix, cause: error });
  }
  return error;
}

/** Whether an engine's message is about this port. */
function isAbout(message: string, port = ""): boolean {
  return new RegExp(`:${port}\\b`).test(message);
}
