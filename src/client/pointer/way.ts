import { encodePointerMessage } from "../../wire/pointer.ts";
import type { RelativeWay } from "../pointer-lock.ts";

/** Bytes that may wait to be sent; meanwhile motion adds up, and goes in one message later. */
const MOST_WAITING = 2_048;

/** Opens the WebSocket that takes relative motion, for as long as the mouse is locked. */
export function openWay(address: string): RelativeWay {
  const socket = new WebSocket(address);
  const waiting = { dx: 0, dy: 0 };
  const flush = () => {
    const [dx, dy] = [Math.trunc(waiting.dx), Math.trunc(waiting.dy)];
    if (dx === 0 && dy === 0) return;
    // Parts of pixels are kept: a slow hand moves by them.
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
      // It belongs to the place where the mouse is by now.
      flush();
      socket.send(encodePointerMessage({ kind: "button", button, down }));
    },
    close: () => socket.close(),
  };
}
