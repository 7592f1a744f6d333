import { setTimeout as delay } from "node:timers/promises";
import { waitUntilReady } from "../../../src/engine/ready.ts";
import { containerName, type RunSettings } from "../../../src/engine/settings.ts";
import { KasmixError } from "../../../src/model/error.ts";
import { askGateway, benchSettings, removeBenchContainer, startContainer } from "../container.ts";
import type { Context } from "../context.ts";
import { busySeconds, containerProcesses, findEntrypoint, type Process, readMemory } from "../processes.ts";
import { type Watching, watch } from "./viewer.ts";

/** Simultaneous viewers, and their results. */
export interface Phase {
  readonly fast: number;
  readonly slow: number;
  readonly seconds: number;
  /** Frames a second of each viewer. */
  readonly fastFrames: readonly number[];
  readonly slowFrames: readonly number[];
  /** Bytes a second of all together. */
  readonly throughput: number;
  /** Processors that were busy: 1 is one of them all the time. */
  readonly gatewayLoad: number;
  readonly displayLoad: number;
  /** Bytes: the peak of supervisor and gateway, and the largest backlog of one viewer. */
  readonly memory: number;
  readonly waiting: number;
}

/** A terminal full of text that compresses badly, all of it new some 20 times a second. */
const MOVING = `exec xfce4-terminal --geometry 150x40 -x sh -c 'while :; do head -c 4500 /dev/urandom | base64 -w 150; sleep 0.04; done'`;
const EVERY = 1_000;

/** Watches a moving desktop in a container of its own: one alone, then many, then as many of whom some are slow. */
export async function measureViewers(context: Context, image: string, minutes: number): Promise<Phase[]> {
  const settings = await benchSettings(context, image, `${context.workspace}-bench-load`);
  const name = containerName(settings.workspace);
  context.atEnd(() => removeBenchContainer(context, settings.workspace));
  await removeBenchContainer(context, settings.workspace);
  await startContainer(context, settings);
  await waitUntilReady(context.engine, { ...settings, signal: context.signal });
  await context.engine.run(["exec", "--detach", name, "sh", "-c", MOVING]);
  const processes = await containerProcesses(context.engine, name);
  const gateway = findEntrypoint(processes);
  const display = processes.find(({ command }) => command[0]?.endsWith("Xtigervnc"));
  if (!display) throw new KasmixError("E_ENGINE", "The container has no display server.");
  const subject = { settings, gateway, display, signal: context.signal };
  const seconds = (minutes * 60) / 3;
  const phases: Phase[] = [];
  for (const [fast, slow] of [
    [1, 0],
    [20, 0],
    [16, 4],
  ] as const) {
    context.say(`${fast} viewers, and ${slow} slow ones, for ${seconds.toFixed(0)} s`);
    phases.push(await runPhase(subject, fast, slow, seconds));
  }
  return phases;
}

interface Subject {
  readonly settings: RunSettings;
  readonly gateway: Process;
  readonly display: Process;
  readonly signal: AbortSignal;
}

async function runPhase(subject: Subject, fast: number, slow: number, seconds: number): Promise<Phase> {
  const { settings, gateway, display, signal } = subject;
  const viewer = {
    url: `wss://127.0.0.1:${settings.port}/websockify`,
    user: "kasm_user",
    password: settings.password,
  };
  const all = await Promise.all(
    Array.from({ length: fast + slow }, (_, at) => watch(viewer, { isSlow: at >= fast })),
  );
  try {
    await delay(2_000, undefined, { signal }); // the first whole pictures do not count
    const before = await look(all, gateway, display);
    let [memory, waiting] = [0, 0];
    for (const end = performance.now() + 1000 * seconds; performance.now() < end; ) {
      await delay(EVERY, undefined, { signal });
      memory = Math.max(memory, (await readMemory([gateway])).rss);
      waiting = Math.max(waiting, ...(await askWaiting(settings)));
    }
    const after = await look(all, gateway, display);
    const failed = all.find(({ failure }) => failure !== undefined);
    if (failed) throw new KasmixError("E_ENGINE", `A viewer was lost: ${failed.failure}.`);
    const span = (after.time - before.time) / 1000;
    const rate = (read: (at: typeof before) => number) => (read(after) - read(before)) / span;
    const frames = all.map((_, index) => rate((at) => at.frames[index] ?? 0));
    return {
      ...{ fast, slow, seconds: span, memory, waiting },
      fastFrames: frames.slice(0, fast),
      slowFrames: frames.slice(fast),
      throughput: rate((at) => at.bytes),
      gatewayLoad: rate((at) => at.gateway),
      displayLoad: rate((at) => at.display),
    };
  } finally {
    for (const { stop } of all) stop();
  }
}

async function look(all: readonly Watching[], gateway: Process, display: Process) {
  return {
    time: performance.now(),
    frames: all.map(({ frames }) => frames),
    bytes: all.reduce((sum, { bytes }) => sum + bytes, 0),
    gateway: await busySeconds([gateway]),
    display: await busySeconds([display]),
  };
}

/** Bytes that wait in the gateway for each client. */
async function askWaiting(settings: RunSettings): Promise<number[]> {
  const { clients } = (await askGateway(settings, "/api/clients")) as { clients: { waiting: number }[] };
  return clients.map(({ waiting }) => waiting);
}
