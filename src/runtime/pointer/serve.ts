import type { WebSocket } from "ws";
import { decodePointerMessage } from "../../wire/pointer.ts";
import { bytesOf } from "../gateway/bytes-of.ts";
import { CLOSE } from "../gateway/sockets.ts";
import type { Hand } from "./hand.ts";

/** Serves a page whose mouse is locked. What it holds is let go when it goes. */
export function servePage(client: WebSocket, hand: Hand): void {
  const held = new Set<number>();
  client.on("message", (data, isBinary) => {
    const message = isBinary ? decodePointerMessage(bytesOf(data)) : undefined;
    if (!message)
      return client.close(CLOSE.policy, "no message of version 1, see docs/internals/messages.md");
    if (message.kind === "move") return hand.move(message.dx, message.dy);
    if (message.down) held.add(message.button);
    else held.delete(message.button);
    hand.button(message.button, message.down);
  });
  client.on("close", () => {
    for (const button of held) hand.button(button, false);
    held.clear();
  });
}
