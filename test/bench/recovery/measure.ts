import { setTimeout as delay } from "node:timers/promises";
import { KasmixError } from "../../../src/model/error.ts";
import type { Context } from "../context.ts";
import { type ProcessMemory, readMemory } from "../processes.ts";
import { kasmixSubject } from "./kasmix.ts";
import { loopSubject, s6Subject, supervisordSubject } from "./others.ts";
import { type Probes, prepareProbes } from "./probes.ts";
import { probeOf, type Running, type Subject } from "./subject.ts";
import { findTools, type Tools } from "./tools.ts";

/** How one supervisor restarted killed services. */
export interface Recovery {
  readonly name: string;
  /** Milliseconds from SIGKILL until the replacement said that it runs, of each kill. */
  readonly started: readonly number[];
  /** … until the supervisor took it for ready; absent where it knows nothing of that. */
  readonly ready?: readonly number[];
  /** Of the supervisor's own processes after the last run. */
  readonly memory: ProcessMemory;
  readonly processes: number;
}

export interface Recoveries extends Pick<Tools, "versions" | "leftOut"> {
  /** Kasmix first. */
  readonly subjects: readonly Recovery[];
}

/** Has each supervisor keep the same programs alive, one supervisor after the other, and kills each program once. */
export async function measureRecovery(context: Context, image: string): Promise<Recoveries> {
  const tools = await findTools(context);
  for (const [name, reason] of Object.entries(tools.leftOut)) context.say(`${name} is left out: ${reason}`);
  const probes = await prepareProbes(context, PROBES);
  const subjects = [
    await kasmixSubject(context, image, probes),
    loopSubject(context, probes),
    ...("s6" in tools.versions ? [s6Subject(context, probes, tools)] : []),
    ...("supervisor" in tools.versions ? [supervisordSubject(context, probes, tools)] : []),
  ];
  const runs: Recovery[][] = [];
  // All of them in each run, so that other activity on the machine affects all of them.
  for (let run = 1; run <= context.runs; run++) {
    context.say(`Recovery ${run} of ${context.runs}: ${subjects.map(({ name }) => name).join(", ")}`);
    const recoveries: Recovery[] = [];
    for (const subject of subjects) recoveries.push(await measureOne(context, subject, probes));
    runs.push(recoveries);
  }
  const { versions, leftOut } = tools;
  return {
    subjects: subjects.map((_, index) => joinRuns(runs.flatMap((run) => run[index] ?? []))),
    versions,
    leftOut,
  };
}

/** As many as a large workspace has services. */
const PROBES = 30;

/** All kills together, memory as it was last. */
export function joinRuns(runs: readonly Recovery[]): Recovery {
  const last = runs.at(-1);
  if (last === undefined) throw new RangeError("There is no run.");
  const started = runs.flatMap((run) => run.started);
  return last.ready === undefined
    ? { ...last, started }
    : { ...last, started, ready: runs.flatMap((run) => run.ready ?? []) };
}

/** A process that has been ready for longer than a second is started again at once, by Kasmix as by s6. */
const READY_FOR = 1500;

/** So that the kills are spread over a whole round of a supervisor that looks every three seconds. */
const BETWEEN_KILLS = { least: 50, most: 150 };

async function measureOne(context: Context, subject: Subject, probes: Probes): Promise<Recovery> {
  const { signal } = context;
  probes.forget();
  const running = await subject.start();
  await probes.waitForStarts(1);
  await delay(READY_FOR, undefined, { signal });
  const kills = await killAll(running, subject.name, signal);
  await probes.waitForStarts(2);
  const started = [...kills].map(([name, { at }]) => (probes.starts(name)[1] ?? 0) - at);
  const ready = running.readyAgain && (await waitUntilReadyAgain(running.readyAgain, kills, signal));
  const own = running.own(await running.processes());
  const memory = await readMemory(own);
  await running.stop();
  return { name: subject.name, started, ...(ready ? { ready } : {}), memory, processes: own.length };
}

interface Kill {
  /** `performance.now()` just before the signal. */
  readonly at: number;
  /** `Date.now()` then. */
  readonly wall: number;
}

async function killAll(
  running: Running,
  subject: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Kill>> {
  const kills = new Map<string, Kill>();
  for (const found of await running.processes()) {
    const name = probeOf(found);
    if (name === undefined) continue;
    const { least, most } = BETWEEN_KILLS;
    await delay(least + Math.random() * (most - least), undefined, { signal });
    kills.set(name, { at: performance.now(), wall: Date.now() });
    killProbe(found.pid, subject);
  }
  return kills;
}

function killProbe(pid: number, subject: string): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (cause) {
    throw new KasmixError(
      "E_MACHINE",
      `The bench is not allowed to kill the processes of ${subject}: ${cause}`,
      {
        cause,
        fix: "Run it as root, so that the time of a kill is known exactly.",
      },
    );
  }
}

/** Milliseconds from each kill on. Throws E_NOT_READY when one is still not ready after ten seconds. */
async function waitUntilReadyAgain(
  readyAgain: Required<Running>["readyAgain"],
  kills: ReadonlyMap<string, Kill>,
  signal: AbortSignal,
): Promise<number[]> {
  const deadline = performance.now() + 10_000;
  for (;;) {
    const times = await readyAgain();
    const late = [...kills].filter(([name, { wall }]) => (times.get(name) ?? 0) < wall).map(([name]) => name);
    if (late.length === 0) return [...kills].map(([name, { wall }]) => (times.get(name) ?? 0) - wall);
    if (performance.now() > deadline)
      throw new KasmixError("E_NOT_READY", `Not ready again: ${late.join(", ")}.`);
    await delay(100, undefined, { signal });
  }
}
