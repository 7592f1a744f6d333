import { setTimeout as delay } from "node:timers/promises";
import { waitUntilReady } from "../../../src/engine/ready.ts";
import { containerName } from "../../../src/engine/settings.ts";
import { loadWorkspace } from "../../../src/model/load.ts";
import { resolveWorkspace } from "../../../src/model/resolve.ts";
import type { Report } from "../../../src/runtime/supervisor/report.ts";
import { benchSettings, removeBenchContainer, startContainer } from "../container.ts";
import { type Context, MIB } from "../context.ts";
import { containerProcesses, findEntrypoint, type Process, processTree, readMemory } from "../processes.ts";
import { mountProbes } from "../recovery/kasmix.ts";
import { prepareProbes } from "../recovery/probes.ts";
import { createCounter, watchExec } from "./attempts.ts";
import { createStateReader } from "./state.ts";
import { countZombies, type Soak } from "./verdict.ts";

/** Milliseconds. */
const BETWEEN_KILLS = 1000;
const LAST_PATIENCE = 210_000;
const ZOMBIE_PATIENCE = 5_000;
const QUIET = 2_000;

/**
 * Services besides the workspace's own, so that there is one to kill in every second: of a handful alone, most kills
 * would hit one that is just starting.
 */
const PROBES = 8;

/** One soak as it runs. */
interface Running {
  readonly context: Context;
  readonly container: string;
  readonly entrypoint: Process;
  readonly readState: () => Promise<Report>;
  /** Services that a kill does not end for good. */
  readonly mayKill: (name: string) => boolean;
  readonly begin: number;
  readonly kills: Map<string, number>;
  readonly memory: { minute: number; rss: number }[];
  readonly answers: ReturnType<typeof createCounter>;
}

/**
 * Starts a container of the workspace, with some services more, kills a random living service every second for so many minutes while
 * `docker exec` is tried all the time, then waits until it has settled, and returns everything to judge.
 */
export async function soak(context: Context, image: string, minutes: number): Promise<Soak> {
  const { engine } = context;
  const settings = await benchSettings(context, image, `${context.workspace}-bench-soak`);
  const container = containerName(settings.workspace);
  context.atEnd(() => removeBenchContainer(context, settings.workspace));
  await removeBenchContainer(context, settings.workspace);
  const probes = await mountProbes(context, image, await prepareProbes(context, PROBES));
  await startContainer(context, settings, probes);
  await waitUntilReady(engine, { ...settings, signal: context.signal });
  const before = await identify(context, container);
  const readState = createStateReader(settings);
  const startsBefore = startsOf(await readState());
  const running: Running = {
    ...{ context, container, readState, mayKill: await restartable(context) },
    entrypoint: findEntrypoint(await containerProcesses(engine, container)),
    ...{ begin: performance.now(), kills: new Map(), memory: [], answers: createCounter() },
  };
  const exec = watchExec(context, container);
  await killForMinutes(running, minutes);
  context.say("No more kills: waiting until every service is ready");
  const { report: last, seconds: rest } = await waitForAll(running);
  const execs = await exec.stop();
  const after = await identify(context, container);
  const starts = startsOf(last);
  return {
    minutes,
    ...{
      before,
      after,
      execs,
      rest,
      zombies: await remainingZombies(running),
      answers: running.answers.attempts,
    },
    kills: Object.fromEntries([...running.kills].sort()),
    restarts: Object.fromEntries(
      Object.entries(starts).map(([name, n]) => [name, n - (startsBefore[name] ?? 0)]),
    ),
    statuses: Object.fromEntries(
      Object.entries(last?.services ?? {}).map(([name, { status }]) => [name, status]),
    ),
    memory: running.memory,
  };
}

/** Changes when the engine creates or starts a container again. */
async function identify({ engine }: Context, container: string): Promise<Soak["before"]> {
  const format = ["--format", "{{.Id}} {{.State.StartedAt}} {{.RestartCount}}"];
  const printed = await engine.run(["container", "inspect", ...format, container]);
  const [id = "", startedAt = "", restartCount] = printed.trim().split(" ");
  return { id, startedAt, restartCount: Number(restartCount) };
}

/** Killing a service that is never restarted would say nothing. */
async function restartable({ root, workspace }: Context): Promise<(name: string) => boolean> {
  const { services, apps } = resolveWorkspace(await loadWorkspace(root, workspace));
  const policies = new Map([
    ...Object.entries(services).map(([name, { restart }]) => [name, restart] as const),
    ...apps.map(({ name, restart }) => [name, restart] as const),
  ]);
  return (name) => policies.get(name) !== "never";
}

function startsOf(report: Report | undefined): Record<string, number> {
  return Object.fromEntries(
    Object.entries(report?.services ?? {}).map(([name, { starts }]) => [name, starts]),
  );
}

/** Kills and samples once a second, and says every minute how it goes. */
async function killForMinutes(running: Running, minutes: number): Promise<void> {
  const { context, begin, kills, memory } = running;
  const end = begin + minutes * 60_000;
  for (let round = 1; begin + round * BETWEEN_KILLS <= end; round++) {
    await delay(Math.max(0, begin + round * BETWEEN_KILLS - performance.now()), undefined, {
      signal: context.signal,
    });
    await killOne(running);
    await sampleMemory(running);
    if (round % 60 !== 0) continue;
    const total = [...kills.values()].reduce((sum, count) => sum + count, 0);
    const rss = ((memory.at(-1)?.rss ?? 0) / MIB).toFixed(1);
    context.say(`${round / 60} of ${minutes} minutes: ${total} kills, supervisor ${rss} MiB`);
  }
}

/** A random one of those that live; one that died by itself since it was asked for is passed over. */
async function killOne(running: Running): Promise<void> {
  const { entrypoint, kills, mayKill } = running;
  const services = Object.entries((await ask(running))?.services ?? {}).filter(([name]) => mayKill(name));
  const processes = await processTree(entrypoint.pid);
  const living = services.flatMap(([name, { pid }]) =>
    processes.filter(({ innerPid }) => innerPid === pid).map((target) => ({ name, pid: target.pid })),
  );
  for (const { name, pid } of shuffle(living)) {
    if (!kill(pid)) continue;
    kills.set(name, (kills.get(name) ?? 0) + 1);
    return;
  }
}

function shuffle<T>(items: readonly T[]): T[] {
  const keyed = items.map((item) => ({ item, key: Math.random() }));
  return keyed.sort((a, b) => a.key - b.key).map(({ item }) => item);
}

/** Whether there was something to kill. */
function kill(pid: number): boolean {
  try {
    return process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
    throw error;
  }
}

/** The gateway has to answer all the time; that it did not is counted. */
async function ask({ readState, answers, context }: Running): Promise<Report | undefined> {
  try {
    const report = await readState();
    answers.succeeded();
    return report;
  } catch (error) {
    context.signal.throwIfAborted();
    answers.failed(error);
    return undefined;
  }
}

async function sampleMemory({ entrypoint, memory, begin }: Running): Promise<void> {
  const { rss } = await readMemory([entrypoint]);
  memory.push({ minute: (performance.now() - begin) / 60_000, rss });
}

/**
 * The last report, and the seconds until then: of the moment since when every service has been ready for a while, for
 * the gateway may answer before the supervisor has heard of the last kill. At the end of patience, of that moment.
 */
async function waitForAll(running: Running): Promise<{ report: Report | undefined; seconds: number }> {
  const begin = performance.now();
  let since: number | undefined;
  for (;;) {
    const report = await ask(running);
    const now = performance.now();
    const statuses = Object.values(report?.services ?? {}).map(({ status }) => status);
    const ready = report !== undefined && statuses.every((status) => status === "ready");
    since = ready ? (since ?? now) : undefined;
    const quiet = since !== undefined && now - since >= QUIET;
    if (quiet || now - begin > LAST_PATIENCE) return { report, seconds: ((since ?? now) - begin) / 1000 };
    await delay(250, undefined, { signal: running.context.signal });
  }
}

/** Each dead process is a zombie for a moment, so only those count that stay. */
async function remainingZombies({ context, container }: Running): Promise<number> {
  const deadline = performance.now() + ZOMBIE_PATIENCE;
  for (;;) {
    const script = "cat /proc/[0-9]*/stat 2>/dev/null || true";
    const zombies = countZombies(await context.engine.run(["exec", container, "sh", "-c", script]));
    if (zombies === 0 || performance.now() > deadline) return zombies;
    await delay(100, undefined, { signal: context.signal });
  }
}
