import { containerName, type RunSettings } from "../../src/engine/settings.ts";
import {
  benchSettings,
  PATIENCE,
  persist,
  removeBenchContainer,
  startContainer,
  waitUntilAnswering,
} from "./container.ts";
import { type Context, MIB, run } from "./context.ts";
import { isDesktopPainted } from "./painted.ts";
import { watchScreen } from "./rfb.ts";
import { isSettled, parseBytes } from "./statistics.ts";

export interface Startup {
  /** Seconds from `docker run`, of each run: each with a new, empty home. */
  readonly answering: readonly number[];
  readonly painted: readonly number[];
  /** MiB according to the engine, when the container is idle and has no viewer. */
  readonly idleMemory: number;
  readonly processes: number;
}

/** Starts containers of an image, one after the other, and watches them come up; looks at the last one at rest. */
export async function measureStartup(context: Context, image: string): Promise<Startup> {
  const settings = await benchSettings(context, image, `${context.workspace}-bench-start`);
  const remove = () => removeBenchContainer(context, settings.workspace);
  context.atEnd(remove);
  const answering: number[] = [];
  const painted: number[] = [];
  for (let run = 1; run <= context.runs; run++) {
    context.say(`Start ${run} of ${context.runs}`);
    await remove();
    const seconds = await measureOneStart(context, settings);
    answering.push(seconds.answering);
    painted.push(seconds.painted);
  }
  context.say("Waiting until the desktop is idle");
  const name = containerName(settings.workspace);
  const idleMemory = (await settledMemory(context, name)) / MIB;
  return { answering, painted, idleMemory, processes: await countProcesses(context, name) };
}

async function measureOneStart(context: Context, settings: RunSettings) {
  await run("E_ENGINE")`sync`;
  const begin = performance.now();
  const since = () => (performance.now() - begin) / 1000;
  const watch = async () => {
    await waitUntilAnswering(settings.port, context.signal);
    const answering = since();
    await waitUntilPainted(context, settings);
    return { answering, painted: since() };
  };
  const [seconds] = await Promise.all([watch(), startContainer(context, settings)]);
  return seconds;
}

/** Waits until a viewer sees the whole desktop. Throws E_NOT_READY after a minute. */
async function waitUntilPainted({ signal }: Context, { port, password }: RunSettings): Promise<void> {
  const both = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)]);
  const viewer = { url: `wss://127.0.0.1:${port}/websockify`, user: "kasm_user", password, signal: both };
  await persist(() => watchScreen(viewer, isDesktopPainted), both);
}

/** Bytes, once two readings in a row agree; the engine takes a second or two for each. */
async function settledMemory({ engine, signal }: Context, container: string): Promise<number> {
  const stats = run("E_ENGINE", { signal });
  const deadline = performance.now() + PATIENCE;
  let before = 0;
  for (;;) {
    const printed = await stats`${engine.kind} stats --no-stream --format {{.MemUsage}} ${container}`;
    const now = parseBytes(printed.split("/")[0] ?? "");
    if (isSettled(before, now) || performance.now() > deadline) return now;
    before = now;
  }
}

async function countProcesses({ engine, signal }: Context, container: string): Promise<number> {
  const printed = await run("E_ENGINE", { signal })`${engine.kind} top ${container} -eo pid`;
  return printed.trim().split("\n").length - 1;
}
