import type { WebSocket } from "ws";
import { decodePointerMessage } from "../../wire/pointer.ts";
import { bytesOf } from "../gateway/bytes-of.ts";
import { CLOSE } from "../gateway/sockets.ts";
import type { VirtualMouse } from "./virtual-mouse.ts";

/** Serves a page whose mouse is locked. Its held buttons are released when it disconnects. */
export function servePage(client: WebSocket, mouse: VirtualMouse): void {
  const held = new Set<number>();
  client.on("message", (data, isBinary) => {
    const message = isBinary ? decodePointerMessage(bytesOf(data)) : undefined;
    if (!message) return client.close(CLOSE.policy, "invalid message, see docs/internals/messages.md");
    if (message.kind === "move") return mouse.move(message.dx, message.dy);
    if (message.down) held.add(message.button);
    else held.delete(message.button);
    mouse.button(message.button, message.down);
  });
  client.on("close", () => {
    for (const button of held) mouse.button(button, false);
    held.clear();
  });
}
