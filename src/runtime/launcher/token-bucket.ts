/** Limits a rate: a burst of `capacity`, then so many per second. */
export interface TokenBucket {
  /** Takes a token: 0 when there was one, else the milliseconds until there is one. */
  take(): number;
}

export interface TokenBucketOptions {
  readonly capacity: number;
  readonly perSecond: number;
  /** Monotonic milliseconds. @default performance.now */
  readonly now?: () => number;
}

/** Creates a full bucket. */
export function createTokenBucket({
  capacity,
  perSecond,
  now = () => performance.now(),
}: TokenBucketOptions): TokenBucket {
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
