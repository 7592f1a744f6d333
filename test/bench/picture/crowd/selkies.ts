import { once } from "node:events";
import { WebSocket } from "ws";
import type { Watching } from "../../load/viewer.ts";
import type { CrowdOrder } from "./crowd.ts";

/** Watches as Selkies' page for further viewers does. A frame is what has a new number, in one message or in more. */
export async function watchSelkies({ url, user, password }: CrowdOrder): Promise<Watching> {
  const socket = new WebSocket(url, {
    headers: { Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}` },
    rejectUnauthorized: false,
    perMessageDeflate: false,
  });
  let [stopped, last] = [false, -1];
  const watching: Watching = {
    frames: 0,
    bytes: 0,
    failure: undefined,
    stop() {
      stopped = true;
      socket.terminate();
    },
  };
  socket.on("message", (data: Buffer, isBinary: boolean) => {
    watching.bytes += data.length;
    if (!isBinary || data[0] !== VIDEO) return;
    const number = data.readUInt16BE(2);
    if (number !== last) watching.frames += 1;
    last = number;
  });
  socket.on("close", (code) => {
    if (!stopped) watching.failure = `Selkies closed the connection (${code})`;
  });
  await once(socket, "open");
  socket.send('SETTINGS,{"displayId":"primary"}');
  return watching;
}

/** First byte of a message with a part of a picture. */
const VIDEO = 4;
