import { EventEmitter, once } from "node:events";
import { WebSocket } from "ws";
import {
  CLIENT,
  ENCODING,
  SECURITY,
  SERVER,
  SHARED,
  setEncodings,
  updateRequest,
  VERSION_3_8,
} from "../../src/runtime/rfb/protocol.ts";

/** A picture of the screen, 4 bytes a pixel: blue, green, red, nothing. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly pixels: Buffer;
}

export interface Viewer {
  readonly url: string;
  readonly user: string;
  readonly password: string;
  readonly signal: AbortSignal;
}

/**
 * Connects to a gateway as a browser does and watches the screen until `isDone` accepts a picture, and returns it. It is
 * called after every update that the server sends. Throws when the connection fails or ends.
 */
export async function watchScreen(viewer: Viewer, isDone: (picture: Picture) => boolean): Promise<Picture> {
  const { url, user, password, signal } = viewer;
  const socket = new WebSocket(url, ["binary"], {
    headers: { Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}` },
    rejectUnauthorized: false,
    perMessageDeflate: false,
  });
  const stream = readSocket(socket);
  const stop = () => socket.terminate();
  signal.addEventListener("abort", stop, { once: true });
  try {
    const { width, height } = await shakeHands(socket, stream);
    const picture = { width, height, pixels: Buffer.alloc(width * height * 4) };
    for (let incremental = 0; ; incremental = 1) {
      socket.send(updateRequest(incremental, picture));
      await readUpdate(stream, picture);
      if (isDone(picture)) return picture;
    }
  } finally {
    signal.removeEventListener("abort", stop);
    socket.terminate();
  }
}

/** Bytes of a socket, to be read in pieces of any length. */
export interface ByteStream {
  read(length: number): Promise<Buffer>;
}

export function readSocket(socket: WebSocket): ByteStream {
  const events = new EventEmitter();
  let buffered: Buffer[] = [];
  let failure: Error | undefined;
  const end = (error: Error) => {
    failure ??= error;
    events.emit("change");
  };
  socket.on("message", (data: Buffer) => {
    buffered.push(data);
    events.emit("change");
  });
  socket.on("error", end);
  socket.on("close", (code) => end(new Error(`the gateway closed the connection (${code})`)));
  return {
    async read(length) {
      while (buffered.reduce((sum, chunk) => sum + chunk.length, 0) < length) {
        if (failure) throw failure;
        await once(events, "change");
      }
      const [first, ...others] = buffered;
      const all = first !== undefined && others.length === 0 ? first : Buffer.concat(buffered);
      buffered = [all.subarray(length)];
      return all.subarray(0, length);
    },
  };
}

/** RFB 3.8 without a password of its own: the gateway has checked it. */
export async function shakeHands(
  socket: WebSocket,
  stream: ByteStream,
): Promise<{ width: number; height: number }> {
  await stream.read(VERSION_3_8.length);
  socket.send(VERSION_3_8);
  const types = await stream.read((await stream.read(1)).readUInt8());
  if (!types.includes(SECURITY.none)) throw new Error("the display server wants a password");
  socket.send(Buffer.of(SECURITY.none));
  if ((await stream.read(4)).readUInt32BE() !== 0) throw new Error("the display server refuses");
  socket.send(SHARED);
  const init = await stream.read(24);
  await stream.read(init.readUInt32BE(20));
  socket.send(PIXEL_FORMAT);
  socket.send(RAW_ENCODING_ONLY);
  return { width: init.readUInt16BE(0), height: init.readUInt16BE(2) };
}

/** SetPixelFormat: 32 bits, depth 24, little endian, true colour with red highest. */
const PIXEL_FORMAT = Buffer.of(
  ...[CLIENT.setPixelFormat, 0, 0, 0],
  ...[32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0, 0, 0, 0],
);

/** SetEncodings: only raw. */
const RAW_ENCODING_ONLY = setEncodings(ENCODING.raw);

/** Reads messages up to and including the next update of the picture. */
async function readUpdate(stream: ByteStream, picture: Picture): Promise<void> {
  for (;;) {
    const type = (await stream.read(1)).readUInt8();
    if (type === SERVER.update) return await readRectangles(stream, picture);
    if (type === SERVER.colourMap) await stream.read((await stream.read(5)).readUInt16BE(3) * 6);
    else if (type === SERVER.cutText) await stream.read((await stream.read(7)).readUInt32BE(3));
    else if (type !== SERVER.bell)
      throw new Error(`the display server sends a message of the unknown type ${type}`);
  }
}

async function readRectangles(stream: ByteStream, picture: Picture): Promise<void> {
  const count = (await stream.read(3)).readUInt16BE(1);
  for (let index = 0; index < count; index++) {
    const header = await stream.read(12);
    const [x, y, width, height] = [0, 2, 4, 6].map((at) => header.readUInt16BE(at)) as [
      number,
      number,
      number,
      number,
    ];
    const pixels = await stream.read(width * height * 4);
    for (let row = 0; row < height; row++) {
      const target = ((y + row) * picture.width + x) * 4;
      pixels.copy(picture.pixels, target, row * width * 4, (row + 1) * width * 4);
    }
  }
}
