import { encodePointerMessage } from "../../wire/pointer.ts";
import type { RelativeChannel } from "../pointer-lock.ts";

/** Bytes that may wait to be sent. While more wait, motion adds up and is sent in one message later. */
const MOST_WAITING = 2_048;

/** Opens the WebSocket for relative motion while the mouse is locked. */
export function openChannel(address: string): RelativeChannel {
  const socket = new WebSocket(address);
  const waiting = { dx: 0, dy: 0 };
  const flush = () => {
    const [dx, dy] = [Math.trunc(waiting.dx), Math.trunc(waiting.dy)];
    if (dx === 0 && dy === 0) return;
    // Fractions of pixels are kept: slow motion consists of them.
    waiting.dx -= dx;
    waiting.dy -= dy;
    socket.send(encodePointerMessage({ kind: "move", dx, dy }));
  };
  return {
    get isOpen() {
      return socket.readyState === WebSocket.OPEN;
    },
    move(dx, dy) {
      waiting.dx += dx;
      waiting.dy += dy;
      if (socket.bufferedAmount <= MOST_WAITING) flush();
    },
    button(button, down) {
      // The button belongs to the position reached so far.
      flush();
      socket.send(encodePointerMessage({ kind: "button", button, down }));
    },
    close: () => socket.close(),
  };
}
