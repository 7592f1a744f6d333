import type { Wanted } from "./gather.ts";

/** How one file is brought over; ends when it is there. Throws what went wrong, in words. */
export type Transfer = (wanted: Wanted, options: TransferOptions) => Promise<string>;

export interface TransferOptions {
  readonly signal: AbortSignal;
  /** Told how many bytes of the file have arrived. */
  readonly onProgress: (bytes: number) => void;
}

/** What is known of files that were dropped or chosen together. */
export interface BatchState {
  readonly phase: "running" | "done" | "failed" | "cancelled";
  readonly files: number;
  readonly bytes: number;
  /** Files and bytes that have arrived. */
  readonly doneFiles: number;
  readonly doneBytes: number;
  /** Files whose name was taken: as they were called, and as they are called now. */
  readonly renamed: readonly (readonly [string, string])[];
  readonly failures: readonly { readonly path: string; readonly reason: string }[];
}

/** Files under way together. */
export interface Batch {
  cancel(): void;
  /** Tries once more what has failed. */
  retry(): void;
}

/** Files that are brought over at a time: browsers open six connections to a host, and others need some too. */
const atOnce = 3;

/** Brings files over, a few at a time, and tells the state whenever it changes. */
export function startBatch(
  wanted: readonly Wanted[],
  transfer: Transfer,
  onState: (state: BatchState) => void,
): Batch {
  const stop = new AbortController();
  const progress = new Map<Wanted, number>();
  const bytes = wanted.reduce((sum, { file }) => sum + file.size, 0);
  let state: BatchState = {
    ...{
      phase: "running",
      files: wanted.length,
      bytes,
      doneFiles: 0,
      doneBytes: 0,
      renamed: [],
      failures: [],
    },
  };
  let [arrived, failed]: [number, Wanted[]] = [0, []];
  const change = (part: Partial<BatchState>) => {
    if (state.phase === "cancelled") return;
    const doneBytes = arrived + [...progress.values()].reduce((sum, value) => sum + value, 0);
    state = { ...state, ...part, doneBytes };
    onState(state);
  };
  const bring = async (one: Wanted) => {
    const onProgress = (value: number) => {
      progress.set(one, value);
      change({});
    };
    try {
      const name = await transfer(one, { signal: stop.signal, onProgress });
      arrived += one.file.size;
      const renamed = name === one.path ? [] : [[one.path, name] as const];
      progress.delete(one);
      change({ doneFiles: state.doneFiles + 1, renamed: [...state.renamed, ...renamed] });
    } catch (error) {
      progress.delete(one);
      failed.push(one);
      change({ failures: [...state.failures, { path: one.path, reason: reasonOf(error) }] });
    }
  };
  const run = async (queue: Wanted[]) => {
    failed = [];
    change({ phase: "running", failures: [] });
    const work = async () => {
      for (let one = queue.shift(); one && !stop.signal.aborted; one = queue.shift()) await bring(one);
    };
    await Promise.all(Array.from({ length: atOnce }, work));
    change({ phase: failed.length > 0 ? "failed" : "done" });
  };
  void run([...wanted]);
  return {
    cancel() {
      change({ phase: "cancelled" });
      stop.abort();
    },
    retry: () => void run([...failed]),
  };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
