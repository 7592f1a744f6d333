/** A number of places, which are waited for when all are taken. */
export interface Places {
  /** Gives a place, or false when none was free within `patience` milliseconds or too many wait already. */
  take(patience: number): Promise<boolean>;
  free(): void;
}

/** So many places, and as many who may wait for one. */
export function createPlaces(count: number, mostWaiting: number): Places {
  const waiting = new Set<() => void>();
  let left = count;
  return {
    take(patience) {
      if (left > 0) {
        left -= 1;
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
    free() {
      const [next] = waiting;
      // The place goes on to who has waited longest.
      if (next) next();
      else left += 1;
    },
  };
}
