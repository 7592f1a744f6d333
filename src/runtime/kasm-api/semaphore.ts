/** Limits how many may run at once; others wait. */
export interface Semaphore {
  /** Takes a place; false when none was free within `patience` milliseconds or too many wait already. */
  acquire(patience: number): Promise<boolean>;
  release(): void;
}

export function createSemaphore(count: number, mostWaiting: number): Semaphore {
  const waiting = new Set<() => void>();
  let free = count;
  return {
    acquire(patience) {
      if (free > 0) {
        free -= 1;
        return Promise.resolve(true);
      }
      if (waiting.size >= mostWaiting) return Promise.resolve(false);
      return new Promise((resolve) => {
        const enter = () => {
          clearTimeout(timer);
          waiting.delete(enter);
          resolve(true);
        };
        const timer = setTimeout(() => {
          waiting.delete(enter);
          resolve(false);
        }, patience);
        waiting.add(enter);
      });
    },
    release() {
      // The place goes to the one that has waited longest.
      const [next] = waiting;
      if (next) next();
      else free += 1;
    },
  };
}
