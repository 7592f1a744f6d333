import { NEUTRAL, type PadState } from "../../wire/gamepad.ts";
import type { Device } from "./device.ts";
import type { Rumble } from "./rumble.ts";

/** One of the desktop's gamepads, held by a gamepad of a page. */
export interface Seat {
  readonly number: number;
  show(state: PadState): void;
  /** Releases all controls; the device stays plugged in for a while, in case the page is only reloading. */
  leave(options?: { readonly atOnce?: boolean }): void;
}

export interface Seats {
  /** The first free seat; undefined when all are held. */
  take(onRumble: (rumble: Rumble) => void): Seat | undefined;
  close(): void;
}

interface Options {
  /** Opens the device of a seat; `onRumble` is called with its programs' rumbles. */
  readonly open: (number: number, onRumble: (rumble: Rumble) => void) => Device;
  readonly count: number;
  /** Milliseconds that a device stays plugged in without a page: games may lose an unplugged gamepad. @default 5000 */
  readonly linger?: number;
}

/** Assigns the desktop's gamepads to gamepads of pages. */
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
        // Its holder must not use the closed device.
        chair.holder = undefined;
        chair.device.close();
      }
    },
  };
}

interface Chair {
  readonly device: Device;
  /** Called with the device's rumbles; undefined for a free seat. */
  holder: ((rumble: Rumble) => void) | undefined;
  /** Set while the device is plugged in without a holder. */
  unplug: NodeJS.Timeout | undefined;
}

function sit(chair: Chair, number: number, onRumble: (rumble: Rumble) => void, linger: number): Seat {
  const { device } = chair;
  if (chair.unplug === undefined) device.plug();
  clearTimeout(chair.unplug);
  chair.unplug = undefined;
  // A function of its own, because the next holder may pass the same callback.
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
