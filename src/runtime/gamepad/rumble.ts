import type { Order } from "./records.ts";

/** Both motors' strengths, 0 to 65535, for some milliseconds. */
export interface Rumble {
  readonly strong: number;
  readonly weak: number;
  readonly duration: number;
}

/** Milliseconds of the longest rumble that browsers allow. */
const LONGEST = 5_000;
const STILL: Rumble = { strong: 0, weak: 0, duration: 0 };

/** The effects of one program: turns its orders into rumbles. */
export function createEffects(rumble: (wish: Rumble) => void, now = () => performance.now()) {
  const effects = new Map<number, { strong: number; weak: number; length: number }>();
  let playing: { readonly effect: number; readonly until: number } | undefined;
  const stop = () => {
    if (playing && playing.until > now()) rumble(STILL);
    playing = undefined;
  };
  return {
    obey(order: Exclude<Order, { kind: "clock" }>): void {
      const { effect } = order;
      if (order.kind === "upload") effects.set(effect, order);
      else if (order.kind === "play" && order.times > 0) {
        const known = effects.get(effect);
        if (!known) return;
        const { strong, weak, length } = known;
        const duration = length === 0 ? LONGEST : Math.min(length * order.times, LONGEST);
        playing = { effect, until: now() + duration };
        rumble({ strong, weak, duration });
      } else {
        if (order.kind === "remove") effects.delete(effect);
        if (playing?.effect === effect) stop();
      }
    },
    /** Ends a running rumble when the program has ended. */
    stop,
  };
}
