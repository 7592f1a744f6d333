import { connect } from "node:net";
import {
  CLIENT,
  ENCODING,
  SECURITY,
  SERVER,
  SHARED,
  setEncodings,
  updateRequest,
  VERSION_3_8,
} from "./protocol.ts";

/** A client as a generator: it yields how many bytes it wants next and gets exactly those. */
export type Client<T> = Generator<number, T, Buffer>;

type Send = (bytes: Buffer) => void;

/**
 * Runs a client at a display server's socket for at most `patience` milliseconds. Gives its result; undefined when it
 * has none in time, the connection ends, or the server sends something that the client does not understand.
 */
export function runClient<T>(
  path: string,
  patience: number,
  create: (send: Send) => Client<T>,
): Promise<T | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ path });
    const finish = (result?: T) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(result);
    };
    const timer = setTimeout(finish, patience);
    const take = feed(create((bytes) => socket.write(bytes)));
    socket.on("error", () => {});
    socket.once("close", () => finish());
    socket.on("data", (chunk) => {
      try {
        const next = take(chunk);
        if (next.done) finish(next.value);
      } catch {
        finish();
      }
    });
  });
}

/** A part of the screen that was drawn: `drawn` pixels, where those drawn twice count twice. */
export interface Change {
  readonly width: number;
  readonly height: number;
  readonly drawn: number;
}

/**
 * Waits for the first change of the picture after the whole picture has come; calls `onWhole` in between. A new size
 * counts as a change of every pixel. Throws on anything that is not RFB 3.8 or was not asked for.
 */
export function* watchOneChange(send: Send, onWhole: () => void): Client<Change> {
  const screen = yield* shakeHands(send);
  send(Buffer.concat([PIXEL_FORMAT, ENCODINGS, updateRequest(0, screen)]));
  // The size of the screen may come first, in an update of its own.
  while (screen.drawn < screen.width * screen.height) {
    yield* nextUpdate(screen);
    send(updateRequest(1, screen));
  }
  onWhole();
  screen.drawn = 0;
  if ((yield* nextUpdate(screen)) === "resized") screen.drawn = screen.width * screen.height;
  return screen;
}

/** Presses and releases a key; ends when the server has processed that. */
export function* pressKey(send: Send, keysym: number): Client<void> {
  const screen = yield* shakeHands(send);
  const stroke = (down: number) => Buffer.of(CLIENT.keyEvent, down, 0, 0, 0, 0, keysym >> 8, keysym & 0xff);
  // The server processes messages in order, so an update that is asked for after the key comes after it.
  const corner = updateRequest(0, { width: 1, height: 1 });
  send(Buffer.concat([PIXEL_FORMAT, ENCODINGS, stroke(1), stroke(0), corner]));
  yield* nextUpdate(screen);
}

/** Starts a client. The result takes chunks of any length and gives the client's latest step. */
export function feed<T>(client: Client<T>): (chunk: Buffer) => IteratorResult<number, T> {
  let next = client.next();
  let pending: Buffer = Buffer.alloc(0);
  return (chunk) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    while (!next.done && pending.length >= next.value) {
      const wanted = next.value;
      next = client.next(pending.subarray(0, wanted));
      pending = pending.subarray(wanted);
    }
    return next;
  };
}

/** SetPixelFormat: one byte per pixel, 3 bits of red, 3 of green and 2 of blue, because nobody looks at the colours. */
const PIXEL_FORMAT = Buffer.of(
  CLIENT.setPixelFormat,
  0,
  0,
  0,
  8,
  8,
  0,
  1,
  0,
  7,
  0,
  7,
  0,
  3,
  0,
  3,
  6,
  0,
  0,
  0,
);

/** SetEncodings: DesktopSize too, because a server disconnects clients that cannot follow a new size. */
const ENCODINGS = setEncodings(ENCODING.raw, ENCODING.desktopSize);

interface Screen {
  width: number;
  height: number;
  drawn: number;
}

function* shakeHands(send: Send): Client<Screen> {
  const version = yield VERSION_3_8.length;
  if (!version.equals(VERSION_3_8)) throw new Error("the display server does not speak RFB 3.8");
  send(VERSION_3_8);
  const types = yield (yield 1).readUInt8();
  if (!types.includes(SECURITY.none)) throw new Error("the display server wants a password");
  send(Buffer.of(SECURITY.none));
  if ((yield 4).readUInt32BE() !== 0) throw new Error("the display server refuses");
  send(SHARED);
  const init = yield 24;
  yield* skip(init.readUInt32BE(20));
  return { width: init.readUInt16BE(0), height: init.readUInt16BE(2), drawn: 0 };
}

/** Reads messages up to and including the next update of the picture. */
function* nextUpdate(screen: Screen): Client<"drawn" | "resized"> {
  for (;;) {
    const type = (yield 1).readUInt8();
    if (type === SERVER.update) return yield* readRectangles(screen);
    if (type === SERVER.colourMap) yield* skip((yield 5).readUInt16BE(3) * 6);
    else if (type === SERVER.cutText) yield* skip((yield 7).readUInt32BE(3));
    else if (type !== SERVER.bell) throw new Error(`the display server sends unknown message type ${type}`);
  }
}

function* readRectangles(screen: Screen): Client<"drawn" | "resized"> {
  const count = (yield 3).readUInt16BE(1);
  let result: "drawn" | "resized" = "drawn";
  for (let index = 0; index < count; index += 1) {
    const header = yield 12;
    const [width, height] = [header.readUInt16BE(4), header.readUInt16BE(6)];
    const encoding = header.readInt32BE(8);
    if (encoding === ENCODING.desktopSize) {
      Object.assign(screen, { width, height, drawn: 0 });
      result = "resized";
    } else if (encoding === ENCODING.raw) {
      yield* skip(width * height);
      screen.drawn += width * height;
    } else throw new Error(`the display server sends unknown encoding ${encoding}`);
  }
  return result;
}

const PIECE = 65_536;

/** Reads past bytes without holding them. */
function* skip(length: number): Client<void> {
  for (let left = length; left > 0; left -= PIECE) yield Math.min(left, PIECE);
}
