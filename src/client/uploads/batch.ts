import type { Wanted } from "./gather.ts";

/** Uploads one file. Resolves to its name on the desktop; throws the reason of a failure in words. */
export type Transfer = (wanted: Wanted, options: TransferOptions) => Promise<string>;

export interface TransferOptions {
  readonly signal: AbortSignal;
  /** Called with the number of bytes of the file that have arrived. */
  readonly onProgress: (bytes: number) => void;
}

/** The state of files that were dropped or chosen together. */
export interface BatchState {
  readonly phase: "running" | "done" | "failed" | "cancelled";
  readonly files: number;
  readonly bytes: number;
  /** Files and bytes that have arrived. */
  readonly doneFiles: number;
  readonly doneBytes: number;
  /** Files that were renamed because their name was taken: old and new name. */
  readonly renamed: readonly (readonly [string, string])[];
  readonly failures: readonly Miss[];
}

/** A file that did not arrive. */
export interface Miss {
  readonly path: string;
  readonly reason: string;
  /** Whether trying again cannot help. */
  readonly isFinal: boolean;
}

/** Files of one drop or choice. */
export interface Batch {
  cancel(): void;
  /** Tries the failed files again that may pass. */
  retry(): void;
}

/** Files uploaded at a time: browsers open six connections to a host, and other parts of the page need some. */
const atOnce = 3;

/** Uploads files, a few at a time, and reports the state whenever it changes. */
export function startBatch(
  wanted: readonly Wanted[],
  transfer: Transfer,
  onState: (state: BatchState) => void,
): Batch {
  return new RunningBatch(wanted, transfer, onState);
}

class RunningBatch implements Batch {
  readonly #transfer: Transfer;
  readonly #onState: (state: BatchState) => void;
  readonly #stop = new AbortController();
  /** Bytes that have arrived of unfinished files. */
  readonly #progress = new Map<Wanted, number>();
  /** Bytes of finished files. */
  #arrived = 0;
  #failed: Wanted[] = [];
  #state: BatchState;

  constructor(wanted: readonly Wanted[], transfer: Transfer, onState: (state: BatchState) => void) {
    this.#transfer = transfer;
    this.#onState = onState;
    const bytes = wanted.reduce((sum, { file }) => sum + file.size, 0);
    const nothing = { doneFiles: 0, doneBytes: 0, renamed: [], failures: [] };
    this.#state = { phase: "running", files: wanted.length, bytes, ...nothing };
    void this.#run([...wanted]);
  }

  cancel(): void {
    this.#change({ phase: "cancelled" });
    this.#stop.abort();
  }

  retry(): void {
    void this.#run([...this.#failed]);
  }

  async #run(queue: Wanted[]): Promise<void> {
    this.#failed = [];
    this.#change({ phase: "running", failures: this.#state.failures.filter(({ isFinal }) => isFinal) });
    const work = async () => {
      for (let one = queue.shift(); one && !this.#stop.signal.aborted; one = queue.shift())
        await this.#bring(one);
    };
    await Promise.all(Array.from({ length: atOnce }, work));
    this.#change({ phase: this.#state.failures.length > 0 ? "failed" : "done" });
  }

  async #bring(one: Wanted): Promise<void> {
    const onProgress = (bytes: number) => {
      this.#progress.set(one, bytes);
      this.#change({});
    };
    try {
      const name = await this.#transfer(one, { signal: this.#stop.signal, onProgress });
      this.#keep(one, name);
    } catch (error) {
      this.#miss(one, error);
    }
  }

  #keep(one: Wanted, name: string): void {
    const { renamed, doneFiles } = this.#state;
    this.#progress.delete(one);
    this.#arrived += one.file.size;
    const isRenamed = name !== one.path;
    this.#change({
      doneFiles: doneFiles + 1,
      renamed: isRenamed ? [...renamed, [one.path, name]] : renamed,
    });
  }

  #miss(one: Wanted, error: unknown): void {
    const isFinal = error instanceof Error && "isFinal" in error && error.isFinal === true;
    this.#progress.delete(one);
    if (!isFinal) this.#failed.push(one);
    const miss = { path: one.path, reason: reasonOf(error), isFinal };
    this.#change({ failures: [...this.#state.failures, miss] });
  }

  /** After it was cancelled, nothing changes any more. */
  #change(part: Partial<BatchState>): void {
    if (this.#state.phase === "cancelled") return;
    const underWay = [...this.#progress.values()].reduce((sum, bytes) => sum + bytes, 0);
    this.#state = { ...this.#state, ...part, doneBytes: this.#arrived + underWay };
    this.#onState(this.#state);
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
