import {
  type DesktopMessage,
  decodeDesktopMessage,
  encodePageMessage,
  NEUTRAL,
  type PadState,
  type PageMessage,
} from "../../wire/gamepad.ts";
import { isSame } from "./read-pad.ts";

/** What is needed of a WebSocket. */
export interface Line {
  readonly bufferedAmount: number;
  send(bytes: Uint8Array<ArrayBuffer>): void;
}

/** A gamepad as it is to be told of. */
export interface Plugged {
  readonly rumble: boolean;
}

/** Bytes that may wait to be sent: as long as more do, states are left out, and the last one is sent later. */
const MOST_WAITING = 2_048;

/** Tells the desktop of gamepads over one connection: which there are, and each state that is news. */
export class Sender {
  readonly #line: Line;
  readonly #sent = new Map<number, PadState>();

  constructor(line: Line) {
    this.#line = line;
  }

  /** Plugs in and unplugs until the desktop has these. */
  offer(pads: ReadonlyMap<number, Plugged>): void {
    for (const pad of [...this.#sent.keys()].filter((known) => !pads.has(known))) {
      this.#sent.delete(pad);
      this.#send({ kind: "unplug", pad });
    }
    for (const [pad, { rumble }] of pads) {
      if (this.#sent.has(pad)) continue;
      this.#sent.set(pad, NEUTRAL);
      this.#send({ kind: "plug", pad, rumble });
    }
  }

  /** Sends a state of a gamepad that was offered, if it is news. */
  show(pad: number, state: PadState): void {
    const sent = this.#sent.get(pad);
    if (!sent || isSame(sent, state) || this.#line.bufferedAmount > MOST_WAITING) return;
    this.#sent.set(pad, state);
    this.#send({ kind: "state", pad, state });
  }

  /** Lets everything go, whatever waits: nobody may be left to send it later. */
  rest(): void {
    for (const [pad, sent] of this.#sent) {
      if (isSame(sent, NEUTRAL)) continue;
      this.#sent.set(pad, NEUTRAL);
      this.#send({ kind: "state", pad, state: NEUTRAL });
    }
  }

  #send(message: PageMessage): void {
    this.#line.send(encodePageMessage(message));
  }
}

/** A message of the desktop; undefined for one that this client does not know. */
export function readMessage(data: unknown): DesktopMessage | undefined {
  return data instanceof ArrayBuffer ? decodeDesktopMessage(new Uint8Array(data)) : undefined;
}
