import { removeContainer } from "../../src/engine/container.ts";
import { detectEngine } from "../../src/engine/detect.ts";
import { containerName, LABEL, type RunSettings } from "../../src/engine/settings.ts";
import { openShell } from "../../src/engine/shell.ts";
import { freePort } from "../helpers/free-port.ts";
import type { Checkout } from "./checkout.ts";
import { benchSettings, removeBenchContainer, startContainer, waitUntilAnswering } from "./container.ts";
import { type Context, run, timed } from "./context.ts";
import { buildDockerfile, changeScript, type DockerfileBuild } from "./dockerfile.ts";

/** Seconds of each run, from the change of one script on. */
export interface Change {
  /** Until the port answers again, out of a new container. */
  readonly answering: readonly number[];
  /** Until `kasmix up` says that the desktop is ready. */
  readonly ready: readonly number[];
}

/** Changes a script in the copy of the checkout and has `kasmix up` bring it into the running container. */
export async function measureKasmixChange(context: Context, checkout: Checkout): Promise<Change> {
  const port = await freePort();
  const up = () => checkout.kasmix("up", checkout.workspace, "--port", `${port}`);
  context.atEnd(async () => removeContainer(await detectEngine(), checkout.workspace, true));
  context.say("Kasmix: starting a container to be changed");
  await up();
  const answering: number[] = [];
  const ready: number[] = [];
  for (let run = 1; run <= context.runs; run++) {
    context.say(`Kasmix: change ${run} of ${context.runs}`);
    await checkout.changeScript();
    const seconds = await measureUpgrade(context, checkout.workspace, port, up);
    answering.push(seconds.answering);
    ready.push(seconds.ready);
    await checkout.ownOutputs(); // so that they are taken away at the end
  }
  return { answering, ready };
}

/** Changes the same script for the Dockerfile, builds, and replaces the running container. */
export async function measureDockerfileChange(context: Context, build: DockerfileBuild): Promise<number[]> {
  const settings = await benchSettings(context, build.tag, `${context.workspace}-bench-dockerfile`);
  context.atEnd(() => removeBenchContainer(context, settings.workspace));
  context.say("Dockerfile: starting a container to be changed");
  await startContainer(context, settings);
  await waitUntilAnswering(settings.port, context.signal);
  const seconds: number[] = [];
  for (let run = 1; run <= context.runs; run++) {
    context.say(`Dockerfile: change ${run} of ${context.runs}`);
    await changeScript(build);
    seconds.push(await timed(() => rebuildAndReplace(context, build, settings)));
  }
  return seconds;
}

async function measureUpgrade(context: Context, workspace: string, port: number, up: () => Promise<unknown>) {
  await run("E_ENGINE")`sync`;
  const begin = performance.now();
  const since = () => (performance.now() - begin) / 1000;
  const answers = async () => {
    // The old container answers until it is stopped: it counts from the start of the new one on.
    await nextStart(context, workspace);
    await waitUntilAnswering(port, context.signal);
    return since();
  };
  const ready = async () => {
    await up();
    return since();
  };
  const [answering, readyAfter] = await Promise.all([answers(), ready()]);
  return { answering, ready: readyAfter };
}

/** Waits until the engine starts a container of the workspace. */
async function nextStart({ engine, signal }: Context, workspace: string): Promise<void> {
  const filters = ["event=start", `label=${LABEL.workspace}=${workspace}`];
  const flags = filters.flatMap((filter) => ["--filter", filter]);
  const seconds = (Date.now() / 1000).toFixed(3);
  const found = new AbortController();
  const shell = await openShell({ signal: AbortSignal.any([signal, found.signal]) });
  const events = shell`${engine.kind} events --since ${seconds} ${flags}`;
  events.stdout.once("data", () => found.abort());
  await events;
  signal.throwIfAborted();
}

async function rebuildAndReplace(context: Context, build: DockerfileBuild, settings: RunSettings) {
  const { engine, signal } = context;
  const name = containerName(settings.workspace);
  await buildDockerfile(context, build);
  await run("E_ENGINE", { signal })`${engine.kind} stop ${name}`;
  await run("E_ENGINE", { signal })`${engine.kind} rm ${name}`;
  await startContainer(context, settings);
  await waitUntilAnswering(settings.port, signal);
}
