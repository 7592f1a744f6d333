/** Lets a number of things happen at once, and then so many a second. */
export interface TokenBucket {
  /** Takes one: 0 when it may happen, else the milliseconds until one may. */
  take(): number;
}

export interface TokenBucketOptions {
  /** How many may happen at once. */
  readonly capacity: number;
  readonly perSecond: number;
  /** Monotonic milliseconds. @default performance.now */
  readonly now?: () => number;
}

/** A bucket that is full. */
export function createTokenBucket({ capacity, perSecond, now = () => performance.now() }: TokenBucketOptions): TokenBucket {
  let level = capacity;
  let last = now();
  return {
    take() {
      const at = now();
      level = Math.min(capacity, level + ((at - last) * perSecond) / 1000);
      last = at;
      if (level < 1) return Math.ceil(((1 - level) * 1000) / perSecond);
      level -= 1;
      return 0;
    },
  };
}
