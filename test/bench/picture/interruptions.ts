import { setTimeout as delay } from "node:timers/promises";
import { run } from "../context.ts";
import { containerProcesses } from "../processes.ts";
import { NUMBERS } from "./counter.ts";
import type { Ground } from "./subjects/container.ts";
import type { Bench, View } from "./view.ts";

/** Milliseconds until the browser shows what is drawn after an interruption. */
export interface Interruptions {
  readonly network: readonly number[];
  /** Empty for a subject that has no encoder to be killed. */
  readonly encoder: readonly number[];
}

/** How long nothing of the network passes, in milliseconds. */
const SILENCE = 5_000;
/** Milliseconds until a picture counts as lost for good, and from one interruption to the next. */
const [PATIENCE, PAUSE] = [30_000, 1_000];

/** Takes the container's network away and, for the stream, kills its encoder, each `context.runs` times. */
export async function measureInterruptions(
  bench: Bench,
  ground: Ground,
  view: View,
  hasEncoder: boolean,
): Promise<Interruptions> {
  const times = async (interrupt: () => Promise<unknown>) => {
    const found: number[] = [];
    for (let done = 0; done < bench.context.runs; done++) {
      await interrupt();
      found.push(await timeUntilCurrent(bench, view));
      await delay(PAUSE, undefined, { signal: bench.context.signal });
    }
    return found;
  };
  return {
    network: await times(() => loseNetwork(bench, ground)),
    encoder: hasEncoder ? await times(() => killEncoder(ground)) : [],
  };
}

/** Throws when the browser shows nothing new. */
async function timeUntilCurrent({ painter, context }: Bench, { counter }: View): Promise<number> {
  const begin = performance.now();
  const drawn = await painter.count();
  while (((counter.number ?? 0) - drawn + NUMBERS) % NUMBERS > NUMBERS / 2) {
    if (performance.now() - begin > PATIENCE) throw new Error("The picture does not come back.");
    await delay(2, undefined, { signal: context.signal });
  }
  return performance.now() - begin;
}

/** Nothing goes in or out of the container for a while; connections stay. */
async function loseNetwork({ context }: Bench, { pid }: Ground): Promise<void> {
  const change = async (action: "-I" | "-D") => {
    for (const rule of [
      ["INPUT", "!", "-i", "lo"],
      ["OUTPUT", "!", "-o", "lo"],
    ])
      await run("E_MACHINE")`nsenter --target ${pid} --net iptables ${action} ${rule} -j DROP`;
  };
  await change("-I");
  await delay(SILENCE, undefined, { signal: context.signal }).finally(() => change("-D"));
}

async function killEncoder({ context, name }: Ground): Promise<void> {
  const processes = await containerProcesses(context.engine, name);
  const encoder = processes.find(({ command }) => command.includes("/opt/kasmix/screen-encoder"));
  if (encoder === undefined) throw new Error("The encoder does not run.");
  process.kill(encoder.pid, "SIGKILL");
}
