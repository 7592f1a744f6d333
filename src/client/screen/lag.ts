/** Milliseconds after which the fastest frame is forgotten: the two clocks drift apart. */
const MEMORY = 10_000;

/**
 * Tells how much longer a frame was on its way than the fastest one of the last seconds, in milliseconds. The clocks of
 * the desktop and of this computer have nothing in common, so that the fastest one's own time stays unknown.
 */
export function createLag(): (captured: number, now: number) => number {
  let [fastest, before, begun] = [
    Number.POSITIVE_INFINITY,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ];
  return (captured, now) => {
    if (now - begun > MEMORY) [fastest, before, begun] = [Number.POSITIVE_INFINITY, fastest, now];
    fastest = Math.min(fastest, now - captured);
    return now - captured - Math.min(fastest, before);
  };
}
