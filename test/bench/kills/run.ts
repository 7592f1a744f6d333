import { setTimeout as delay } from "node:timers/promises";
import { waitUntilReady } from "../../../src/engine/ready.ts";
import { containerName } from "../../../src/engine/settings.ts";
import { ask } from "../../helpers/gateway.ts";
import { benchSettings, removeBenchContainer, startContainer } from "../container.ts";
import type { Context } from "../context.ts";
import { containerProcesses, findEntrypoint, type Process } from "../processes.ts";
import { type Attempts, createCounter, watchExec } from "../soak/attempts.ts";

/** How a container lived while its processes were killed. */
export interface Kills {
  /** Kills of each program. */
  readonly kills: Readonly<Record<string, number>>;
  /** Answers of /readyz, of which the refusals count as failures. */
  readonly ready: Attempts;
  readonly health: Attempts;
  readonly execs: Attempts;
  /** Seconds from the last kill until /readyz says so for good. */
  readonly back: number;
  /** Whether the engine had started the container again. */
  readonly restarts: number;
}

/** Milliseconds. */
const BETWEEN_KILLS = 1_000;
const BETWEEN_LOOKS = 200;
const LAST_PATIENCE = 120_000;
/** The last answer counts only when it stays so long. */
const QUIET = 5_000;

/**
 * Starts a container of the workspace and kills one random process of it every second for so many seconds, of services
 * and of whatever they have started, while /readyz, /healthz and `docker exec` are tried all the time.
 */
export async function killProcesses(context: Context, image: string, seconds: number): Promise<Kills> {
  const { engine, signal } = context;
  const settings = await benchSettings(context, image, `${context.workspace}-bench-kills`);
  const container = containerName(settings.workspace);
  context.atEnd(() => removeBenchContainer(context, settings.workspace));
  await removeBenchContainer(context, settings.workspace);
  await startContainer(context, settings);
  await waitUntilReady(engine, { ...settings, signal });
  const entrypoint = findEntrypoint(await containerProcesses(engine, container));
  const exec = watchExec(context, container);
  const ready = watchPath(context, settings.port, "/readyz");
  const health = watchPath(context, settings.port, "/healthz");
  const kills: Record<string, number> = {};
  const begin = performance.now();
  for (let round = 1; round <= seconds; round++) {
    await delay(Math.max(0, begin + round * BETWEEN_KILLS - performance.now()), undefined, { signal });
    const killed = await killOne(entrypoint, await containerProcesses(engine, container));
    if (killed !== undefined) kills[killed] = (kills[killed] ?? 0) + 1;
    if (round % 60 === 0) context.say(`${round} of ${seconds} kills: ${JSON.stringify(ready.attempts())}`);
  }
  const result = { kills, ready: ready.attempts(), health: health.attempts() };
  const back = await ready.untilGood(signal);
  ready.stop();
  health.stop();
  const format = ["--format", "{{.RestartCount}}"];
  const restarts = Number(await engine.run(["container", "inspect", ...format, container]));
  return { ...result, execs: await exec.stop(), back, restarts };
}

/** The figures in a few lines. */
export function renderKills({ kills, ready, health, execs, back, restarts }: Kills): string {
  const total = Object.values(kills).reduce((sum, count) => sum + count, 0);
  const share = ({ tried, failed }: Attempts) =>
    `${((100 * (tried - failed)) / tried).toFixed(1)} % of ${tried}`;
  const each = Object.entries(kills).map(([name, count]) => `${name} ${count}`);
  return [
    `${total} kills: ${each.join(", ")}`,
    `/readyz says 200: ${share(ready)}; back ${back.toFixed(1)} s after the last kill`,
    `/healthz: ${share(health)}; docker exec: ${share(execs)}; restarts of the container: ${restarts}`,
  ].join("\n");
}

/** Kills a random one of the processes, but not the first, tini, nor the entrypoint; returns the name of its program. */
async function killOne(entrypoint: Process, processes: readonly Process[]): Promise<string | undefined> {
  const victims = processes.slice(1).filter(({ pid }) => pid !== entrypoint.pid);
  const victim = victims[Math.floor(Math.random() * victims.length)];
  if (victim === undefined) return undefined;
  try {
    process.kill(victim.pid, "SIGKILL");
  } catch {
    return undefined;
  }
  return victim.command[0]?.split("/").at(-1)?.split(" ")[0];
}

/** Asks for a path again and again and counts answers other than 200. */
function watchPath({ signal }: Context, port: number, path: string) {
  const counter = createCounter();
  const stopped = new AbortController();
  const both = AbortSignal.any([signal, stopped.signal]);
  let goodSince: number | undefined;
  const look = async () => {
    try {
      const { status } = await ask(port, path);
      if (status === 200) counter.succeeded();
      else counter.failed(`${path} answers ${status}`);
      goodSince = status === 200 ? (goodSince ?? performance.now()) : undefined;
    } catch (error) {
      goodSince = undefined;
      counter.failed(error);
    }
  };
  const loop = async () => {
    while (!both.aborted) {
      await look();
      await delay(BETWEEN_LOOKS, undefined, { signal: both }).catch(() => {});
    }
  };
  void loop();
  return {
    attempts: () => counter.attempts,
    stop: () => stopped.abort(),
    /** Seconds from now until it is good and stays so. */
    async untilGood(signal: AbortSignal): Promise<number> {
      const begin = performance.now();
      while (performance.now() - begin < LAST_PATIENCE) {
        // What was good before may not have noticed the last kill yet: then it turns bad and good again.
        if (goodSince !== undefined && performance.now() - Math.max(goodSince, begin) >= QUIET)
          return Math.max(0, goodSince - begin) / 1000;
        await delay(50, undefined, { signal });
      }
      return Number.POSITIVE_INFINITY;
    },
  };
}
