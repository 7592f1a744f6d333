import { once } from "node:events";
import { WebSocket } from "ws";
import { decodeFrame, encodeReceipt, type Hello } from "../../../../src/wire/screen.ts";
import type { Watching } from "../../load/viewer.ts";
import type { CrowdOrder } from "./crowd.ts";

/** Watches as Kasmix's page does, which confirms every frame. */
export function watchStream(order: CrowdOrder): Promise<Watching> {
  const hello: Hello = { codecs: ["h264"] };
  return watchFrames(order, JSON.stringify(hello), (data, socket) => {
    const frame = decodeFrame(data);
    if (frame) socket.send(encodeReceipt(frame.number));
    return frame?.number;
  });
}

/** First byte of a message with a picture or a part of one. */
const SELKIES_VIDEO = 4;

/** Watches as Selkies' page does for further viewers, who confirm nothing. */
export function watchSelkies(order: CrowdOrder): Promise<Watching> {
  return watchFrames(order, 'SETTINGS,{"displayId":"primary"}', (data) =>
    data[0] === SELKIES_VIDEO ? data.readUInt16BE(2) : undefined,
  );
}

/** Counts the frames that come after a greeting; those of one number are one. */
async function watchFrames(
  { url, user, password }: CrowdOrder,
  greeting: string,
  numberOf: (data: Buffer, socket: WebSocket) => number | undefined,
): Promise<Watching> {
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
    const number = isBinary ? numberOf(data, socket) : undefined;
    if (number === undefined || number === last) return;
    last = number;
    watching.frames += 1;
  });
  socket.on("close", (code) => {
    if (!stopped) watching.failure = `the server closed the connection (${code})`;
  });
  await once(socket, "open");
  socket.send(greeting);
  return watching;
}
