import { EventEmitter, once } from "node:events";
import { chmod, copyFile, mkdir } from "node:fs/promises";
import path from "node:path";
import { KasmixError } from "../../../src/model/error.ts";
import { PATIENCE } from "../container.ts";
import type { Context } from "../context.ts";
import { listenOnFifo, makeFifo } from "./fifo.ts";

/** Programs that say when they start, for supervisors to keep alive. */
export interface Probes {
  /** Holds probe.sh and loop.sh; the same folder in every container that mounts it. */
  readonly folder: string;
  readonly names: readonly string[];
  /** When each start of a probe since the last `forget` was heard of, in milliseconds of `performance.now()`. */
  starts(name: string): readonly number[];
  forget(): void;
  /** Waits until every probe has started so often. Throws E_NOT_READY after a minute. */
  waitForStarts(count: number): Promise<void>;
}

/** Makes the folder for so many probes and listens. */
export async function prepareProbes(context: Context, probeCount: number): Promise<Probes> {
  const folder = path.join(context.scratch, "probes");
  await mkdir(folder);
  await chmod(folder, 0o755);
  for (const script of ["probe.sh", "loop.sh"]) {
    await copyFile(path.join(import.meta.dirname, script), path.join(folder, script));
    await chmod(path.join(folder, script), 0o755);
  }
  await makeFifo(path.join(folder, "never"));
  const starts = new Map<string, number[]>();
  const heard = new EventEmitter();
  const fifo = await listenOnFifo(path.join(folder, "started"), (text) => {
    const now = performance.now();
    for (const name of text.split("\n").filter(Boolean)) starts.set(name, [...(starts.get(name) ?? []), now]);
    heard.emit("start");
  });
  context.atEnd(async () => fifo.close());
  const names = Array.from({ length: probeCount }, (_, index) => `probe-${index + 1}`);
  const missing = (count: number) => names.filter((name) => (starts.get(name)?.length ?? 0) < count);
  return {
    folder,
    names,
    starts: (name) => starts.get(name) ?? [],
    forget: () => starts.clear(),
    async waitForStarts(count) {
      const signal = AbortSignal.any([context.signal, AbortSignal.timeout(PATIENCE)]);
      while (missing(count).length > 0) {
        await once(heard, "start", { signal }).catch((cause: unknown) => {
          context.signal.throwIfAborted();
          const late = missing(count).join(", ");
          throw new KasmixError("E_NOT_READY", `Not started ${count} times within a minute: ${late}.`, {
            cause,
          });
        });
      }
    },
  };
}
