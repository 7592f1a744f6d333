import { WebSocket } from "ws";
import { setEncodings } from "../../../src/runtime/rfb/protocol.ts";
import type { Area } from "../picture/raster.ts";
import { type ByteStream, readSocket, shakeHands, type Viewer } from "../rfb.ts";
import { skipTight, TIGHT } from "./tight.ts";

/** A viewer of a desktop, with the data received so far. */
export interface Watching {
  frames: number;
  bytes: number;
  /** Why it ended, if not by `stop`. */
  failure: string | undefined;
  stop(): void;
}

/** Bytes that a slow viewer takes in a second: a line of half a megabit. */
const THIN_LINE = 64 * 1024;

/**
 * Watches as noVNC does: the server sends by itself as fast as the fences come back. Nothing is decoded. A slow one reads
 * no further when it has had its share of a second, as behind a thin line. With `area`, only updates of a part of it count
 * as frames.
 */
export async function watch(
  viewer: Omit<Viewer, "signal">,
  { isSlow = false, area = EVERYWHERE }: { isSlow?: boolean; area?: Area } = {},
): Promise<Watching> {
  const { url, user, password } = viewer;
  const socket = new WebSocket(url, ["binary"], {
    headers: { Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}` },
    rejectUnauthorized: false,
    perMessageDeflate: false,
  });
  let stopped = false;
  const watching: Watching = {
    frames: 0,
    bytes: 0,
    failure: undefined,
    stop() {
      stopped = true;
      socket.terminate();
    },
  };
  const stream = readSocket(socket);
  const { width, height } = await shakeHands(socket, stream);
  socket.on("message", (data: Buffer) => {
    watching.bytes += data.length;
  });
  socket.send(ENCODINGS);
  socket.send(message(3, [0, 0, 0, 0, width, height]));
  socket.send(message(150, [1, 0, 0, 0, width, height]));
  const fail = (error: unknown) => {
    if (!stopped) watching.failure = String(error);
  };
  readFrames(socket, stream, watching, area).catch(fail);
  if (isSlow) dawdle(socket);
  return watching;
}

/** A rectangle that only ends an update. */
const LAST = -224;
/** SetEncodings: Tight, raw, ends of updates, fences, continuous updates. */
const ENCODINGS = setEncodings(TIGHT.encoding, 0, TIGHT.quality, TIGHT.compression, LAST, -312, -313);

/** A message of a type, a byte, and 16-bit numbers that begin a byte later. */
function message(type: number, [flag = 0, , ...numbers]: readonly number[]): Buffer {
  const bytes = Buffer.alloc(2 + 2 * numbers.length);
  bytes[0] = type;
  bytes[1] = flag;
  for (const [index, number] of numbers.entries()) bytes.writeUInt16BE(number, 2 + 2 * index);
  return bytes;
}

async function readFrames(
  socket: WebSocket,
  stream: ByteStream,
  watching: Watching,
  area: Area,
): Promise<void> {
  for (;;) {
    const type = (await stream.read(1)).readUInt8();
    if (type === 0) {
      if (await readRectangles(stream, area)) watching.frames += 1;
    } else if (type === 248) await answerFence(socket, stream);
    else if (type === 1) await stream.read((await stream.read(5)).readUInt16BE(3) * 6);
    else if (type === 3) await stream.read(Math.abs((await stream.read(7)).readInt32BE(3)));
    else if (type !== 150 && type !== 2) throw new Error(`unknown message ${type}`);
  }
}

/** Returns whether one of them has a part of an area. */
async function readRectangles(stream: ByteStream, area: Area): Promise<boolean> {
  const count = (await stream.read(3)).readUInt16BE(1);
  let isFound = false;
  for (let index = 0; index < count; index++) {
    const header = await stream.read(12);
    const [x, y, width, height] = [0, 2, 4, 6].map((at) => header.readUInt16BE(at)) as [
      number,
      number,
      number,
      number,
    ];
    const encoding = header.readInt32BE(8);
    if (encoding === LAST) break;
    isFound ||= meets(area, { x, y, width, height });
    if (encoding === TIGHT.encoding) await skipTight(stream, width, height);
    else if (encoding === 0) await stream.read(width * height * 4);
    else throw new Error(`unknown encoding ${encoding}`);
  }
  return isFound;
}

const EVERYWHERE: Area = { x: 0, y: 0, width: 65_536, height: 65_536 };

/** Whether two areas have a pixel in common. */
function meets(one: Area, other: Area): boolean {
  const overlap = (from: "x" | "y", size: "width" | "height") =>
    one[from] < other[from] + other[size] && other[from] < one[from] + one[size];
  return overlap("x", "width") && overlap("y", "height");
}

const REQUEST = 0x8000_0000;

/** Sent back without the mark of a request: so the server knows how far one has read. */
async function answerFence(socket: WebSocket, stream: ByteStream): Promise<void> {
  const head = await stream.read(8);
  const payload = await stream.read(head.readUInt8(7));
  const flags = head.readUInt32BE(3);
  if (flags < REQUEST) return;
  const answer = Buffer.alloc(9);
  answer[0] = 248;
  answer.writeUInt32BE(flags - REQUEST, 4);
  answer[8] = payload.length;
  socket.send(Buffer.concat([answer, payload]));
}

function dawdle(socket: WebSocket): void {
  let left = THIN_LINE;
  socket.on("message", (data: Buffer) => {
    left -= data.length;
    if (left <= 0) socket.pause();
  });
  const timer = setInterval(() => {
    left = Math.min(THIN_LINE, left + THIN_LINE);
    if (left > 0) socket.resume();
  }, 1000);
  socket.on("close", () => clearInterval(timer));
}
