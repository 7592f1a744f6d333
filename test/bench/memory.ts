import { setTimeout as delay } from "node:timers/promises";
import { waitUntilReady } from "../../src/engine/ready.ts";
import { containerName, type RunSettings } from "../../src/engine/settings.ts";
import { benchSettings, PATIENCE, removeBenchContainer, startContainer } from "./container.ts";
import type { Context } from "./context.ts";
import { isDesktopPainted } from "./painted.ts";
import {
  containerProcesses,
  findEntrypoint,
  type Process,
  type ProcessMemory,
  readMemory,
} from "./processes.ts";
import { watchScreen } from "./rfb.ts";
import { isSettled } from "./statistics.ts";

/** Memory of supervisor and gateway, one process, in a container of the workspace. */
export interface EntrypointMemory {
  /** With the desktop ready, before the first viewer. */
  readonly idle: ProcessMemory;
  /** After a viewer has seen the whole desktop and left. */
  readonly afterViewer: ProcessMemory;
}

/** Starts a container of its own. */
export async function measureEntrypoint(context: Context, image: string): Promise<EntrypointMemory> {
  const { engine, signal } = context;
  context.say("Memory of supervisor and gateway");
  const settings = await benchSettings(context, image, `${context.workspace}-bench-memory`);
  context.atEnd(() => removeBenchContainer(context, settings.workspace));
  await removeBenchContainer(context, settings.workspace);
  await startContainer(context, settings);
  await waitUntilReady(engine, { ...settings, signal });
  const entrypoint = findEntrypoint(await containerProcesses(engine, containerName(settings.workspace)));
  const idle = await settledMemory(entrypoint, signal);
  await lookOnce(settings, signal);
  const afterViewer = await settledMemory(entrypoint, signal);
  await removeBenchContainer(context, settings.workspace);
  return { idle, afterViewer };
}

async function lookOnce({ port, password }: RunSettings, signal: AbortSignal): Promise<void> {
  const url = `wss://127.0.0.1:${port}/websockify`;
  const both = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)]);
  await watchScreen({ url, user: "kasm_user", password, signal: both }, isDesktopPainted);
}

/** Milliseconds without a change that count as rest, and between two readings. */
const REST = 15_000;
const BETWEEN = 1_000;

/** Once it has changed by less than a hundredth for fifteen seconds: the garbage collector may take that long. */
async function settledMemory(entrypoint: Process, signal: AbortSignal): Promise<ProcessMemory> {
  const deadline = performance.now() + PATIENCE;
  let since = performance.now();
  let before = await readMemory([entrypoint]);
  for (;;) {
    await delay(BETWEEN, undefined, { signal });
    const now = await readMemory([entrypoint]);
    if (!isSettled(before.rss, now.rss)) {
      before = now;
      since = performance.now();
    }
    if (performance.now() - since >= REST || performance.now() > deadline) return now;
  }
}
