import { verbatim, type Words } from "./translate.ts";

/** Returns the growth of a count per second since the last call; 0 at first. */
export function rateOf(count: () => number, now: () => number = () => performance.now()): () => number {
  let before = { time: now(), count: count() };
  return () => {
    const present = { time: now(), count: count() };
    const seconds = (present.time - before.time) / 1000;
    // A count that restarts at 0, as in a new session, has not shrunk.
    const growth = Math.max(0, present.count - before.count);
    before = present;
    return seconds > 0 ? growth / seconds : 0;
  };
}

/** Bytes per second as kilobits or megabits per second. */
export function renderBandwidth(bytes: number): Words {
  const bits = 8 * bytes;
  return verbatim(
    bits < 1_000_000 ? `${(bits / 1_000).toFixed(0)} kbit/s` : `${(bits / 1_000_000).toFixed(1)} Mbit/s`,
  );
}

/** Seconds as whole milliseconds. */
export function renderMilliseconds(seconds: number): Words {
  return verbatim(`${(1_000 * seconds).toFixed(0)} ms`);
}
