import type { WebSocket } from "ws";
import {
  type DesktopMessage,
  decodePageMessage,
  encodeDesktopMessage,
  type PadState,
} from "../../wire/gamepad.ts";
import { bytesOf } from "../gateway/bytes-of.ts";
import { CLOSE } from "../gateway/sockets.ts";
import type { Seat, Seats } from "./seats.ts";

/** Unsent bytes of a page above which messages are dropped: a late rumble is useless. */
const MOST_WAITING = 4_096;

/**
 * Serves a page: gives its gamepads seats and forwards their state. All are released when the page disconnects. `onInput`
 * is called at each change of a button: sticks may move by themselves.
 */
export function servePage(client: WebSocket, seats: Seats, onInput: () => void = () => {}): void {
  const pressed = new Map<number, number>();
  const show = (pad: number, state: PadState) => {
    if (state.buttons !== (pressed.get(pad) ?? 0)) onInput();
    pressed.set(pad, state.buttons);
    taken.get(pad)?.show(state);
  };
  const taken = new Map<number, Seat>();
  const send = (message: DesktopMessage) => {
    if (client.bufferedAmount <= MOST_WAITING) client.send(encodeDesktopMessage(message));
  };
  const plug = (pad: number, rumble: boolean) => {
    const seat =
      taken.get(pad) ??
      seats.take((wish) => {
        if (rumble) send({ kind: "rumble", pad, ...wish });
      });
    if (seat) taken.set(pad, seat);
    send({ kind: "seat", pad, seat: seat?.number });
  };
  client.on("message", (data, isBinary) => {
    const message = isBinary ? decodePageMessage(bytesOf(data)) : undefined;
    if (!message) return client.close(CLOSE.policy, "invalid message, see docs/internals/messages.md");
    if (message.kind === "plug") plug(message.pad, message.rumble);
    else if (message.kind === "state") show(message.pad, message.state);
    else {
      taken.get(message.pad)?.leave({ atOnce: true });
      taken.delete(message.pad);
    }
  });
  client.on("close", () => {
    for (const seat of taken.values()) seat.leave();
    taken.clear();
  });
}
