import { verbatim, type Words } from "./translate.ts";

/** Gives by how much a count has grown a second since it was last asked for; nothing the first time. */
export function rateOf(count: () => number, now: () => number = () => performance.now()): () => number {
  let before = { time: now(), count: count() };
  return () => {
    const present = { time: now(), count: count() };
    const seconds = (present.time - before.time) / 1000;
    // What counts from nothing again, as a new session does, has not shrunk.
    const growth = Math.max(0, present.count - before.count);
    before = present;
    return seconds > 0 ? growth / seconds : 0;
  };
}

/** Bytes a second as kilobits or megabits a second. */
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
