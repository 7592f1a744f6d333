import {
  type DesktopMessage,
  decodeDesktopMessage,
  encodePageMessage,
  NEUTRAL,
  type PadState,
  type PageMessage,
} from "../../wire/gamepad.ts";
import { isSame } from "./read-pad.ts";

/** The part of a WebSocket that is used. */
export interface Line {
  readonly bufferedAmount: number;
  send(bytes: Uint8Array<ArrayBuffer>): void;
}

/** A gamepad as it is announced to the desktop. */
export interface Plugged {
  readonly rumble: boolean;
}

/** Bytes that may wait to be sent. While more wait, states are dropped and the last one is sent later. */
const MOST_WAITING = 2_048;

/** Announces gamepads to the desktop over one connection, and sends their changes of state. */
export class Sender {
  readonly #line: Line;
  readonly #sent = new Map<number, PadState>();

  constructor(line: Line) {
    this.#line = line;
  }

  /** Plugs in and unplugs until the desktop has exactly these. */
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

  /** Sends the state of an announced gamepad, if it has changed. */
  show(pad: number, state: PadState): void {
    const sent = this.#sent.get(pad);
    if (!sent || isSame(sent, state) || this.#line.bufferedAmount > MOST_WAITING) return;
    this.#sent.set(pad, state);
    this.#send({ kind: "state", pad, state });
  }

  /** Releases everything now, whatever still waits: there may be no later. */
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

/** A message from the desktop; undefined for an unknown kind. */
export function readMessage(data: unknown): DesktopMessage | undefined {
  return data instanceof ArrayBuffer ? decodeDesktopMessage(new Uint8Array(data)) : undefined;
}
