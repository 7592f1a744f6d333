import { NEUTRAL, type PadState } from "../../wire/gamepad.ts";
import type { Device } from "./device.ts";
import type { Rumble } from "./rumble.ts";

/** A gamepad of a page on one of the desktop's. */
export interface Seat {
  readonly number: number;
  show(state: PadState): void;
  /** Lets everything go at once; the device stays for a while, for a page that is only being loaded again. */
  leave(options?: { readonly atOnce?: boolean }): void;
}

export interface Seats {
  /** The first seat that is free; undefined when none is. */
  take(onRumble: (rumble: Rumble) => void): Seat | undefined;
  close(): void;
}

interface Options {
  /** Opens the device of a seat; it is told what is to rumble. */
  readonly open: (number: number, onRumble: (rumble: Rumble) => void) => Device;
  readonly count: number;
  /** Milliseconds that a device outlives its page: games lose a gamepad that is unplugged. @default 5000 */
  readonly linger?: number;
}

/** The desktop's gamepads, and who holds which. */
export function createSeats({ open, count, linger = 5_000 }: Options): Seats {
  const chairs = Array.from({ length: count }, (_, number) => {
    const chair: Chair = {
      device: open(number, (rumble) => chair.holder?.(rumble)),
      holder: undefined,
      unplug: undefined,
    };
    return chair;
  });
  return {
    take(onRumble) {
      const number = chairs.findIndex(({ holder }) => holder === undefined);
      const chair = chairs[number];
      return chair && sit(chair, number, onRumble, linger);
    },
    close() {
      for (const chair of chairs.splice(0)) {
        clearTimeout(chair.unplug);
        // Who still sits there has nothing to show any more.
        chair.holder = undefined;
        chair.device.close();
      }
    },
  };
}

interface Chair {
  readonly device: Device;
  /** Told what is to rumble. */
  holder: ((rumble: Rumble) => void) | undefined;
  /** Set while the device is plugged in without a holder. */
  unplug: NodeJS.Timeout | undefined;
}

function sit(chair: Chair, number: number, onRumble: (rumble: Rumble) => void, linger: number): Seat {
  const { device } = chair;
  if (chair.unplug === undefined) device.plug();
  clearTimeout(chair.unplug);
  chair.unplug = undefined;
  // Not the callback itself: the next holder's may be the same function.
  const holder = (rumble: Rumble) => onRumble(rumble);
  chair.holder = holder;
  const unplug = () => {
    chair.unplug = undefined;
    device.unplug();
  };
  return {
    number,
    show(state) {
      if (chair.holder === holder) device.show(state);
    },
    leave({ atOnce = false } = {}) {
      if (chair.holder !== holder) return;
      chair.holder = undefined;
      device.show(NEUTRAL);
      if (atOnce) unplug();
      else chair.unplug = setTimeout(unplug, linger).unref();
    },
  };
}
