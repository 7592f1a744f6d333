import type { LineSink } from "./sink.ts";

/** The most recent log lines, each a JSON object, as on standard output. */
export interface Journal extends Pick<LineSink, "write"> {
  /** The kept lines, oldest first. */
  lines(): readonly string[];
  /** Calls back for each new line; returns a function that ends that. */
  follow(listener: (line: string) => void): () => void;
}

const LIMIT = 512 * 1024;

/** A journal that keeps the newest lines, together at most `limit` characters, in memory. */
export function createJournal(limit = LIMIT): Journal {
  const kept: string[] = [];
  const listeners = new Set<(line: string) => void>();
  let size = 0;
  return {
    write(line) {
      kept.push(line);
      size += line.length;
      while (size > limit) size -= kept.shift()?.length ?? size;
      for (const listener of listeners) listener(line);
    },
    lines: () => [...kept],
    follow(listener) {
      // Wrapped, so that the same function may listen twice.
      const own = (line: string) => listener(line);
      listeners.add(own);
      return () => void listeners.delete(own);
    },
  };
}
