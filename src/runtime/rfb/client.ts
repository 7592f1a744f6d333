/** What is known of the screen: a byte per pixel, 0 where it is black or where nothing has come yet. */
interface Screen {
  width: number;
  height: number;
  pixels: Buffer;
  /** How many of the pixels are 0. */
  black: number;
  /** How many have come, counting those twice that came twice. */
  drawn: number;
}

/** A protocol's client as a generator: it yields how many bytes it wants next and is given just those. */
export type Client = Generator<number, void, Buffer>;

/**
 * The client's half of RFB 3.8, until less than half of the screen is black: then it ends. It asks for one full
 * picture and from then on only for changes, which the server answers when there are some. It holds a byte per
 * pixel and one line; it throws on what is no RFB or what it has not asked for.
 */
export function* watchUntilPainted(send: (bytes: Buffer) => void): Client {
  const screen = yield* shakeHands(send);
  send(Buffer.concat([PIXEL_FORMAT, ENCODINGS]));
  let incremental = 0;
  do {
    send(updateRequest(incremental, screen));
    incremental = (yield* nextUpdate(screen)) === "resized" ? 0 : 1;
  } while (screen.black * 2 >= screen.pixels.length);
}

/** What is told of a change. */
export interface ChangeWatcher {
  /** The picture as it was before is all there. */
  onWhole(): void;
  /** Something was drawn on it, or it has another size. */
  onChange(screen: Pick<Screen, "width" | "height" | "drawn">): void;
}

/** The same until the picture changes for the first time after it has come. */
export function* watchOneChange(send: (bytes: Buffer) => void, watcher: ChangeWatcher): Client {
  const screen = yield* shakeHands(send);
  send(Buffer.concat([PIXEL_FORMAT, ENCODINGS, updateRequest(0, screen)]));
  // The screen's size may come first, and by itself.
  while (screen.drawn < screen.pixels.length) {
    yield* nextUpdate(screen);
    send(updateRequest(1, screen));
  }
  watcher.onWhole();
  screen.drawn = 0;
  if ((yield* nextUpdate(screen)) === "resized") screen.drawn = screen.pixels.length;
  watcher.onChange(screen);
}

/** The same, to press a key and let it go; it ends when the server has done that. */
export function* pressKey(send: (bytes: Buffer) => void, keysym: number): Client {
  const screen = yield* shakeHands(send);
  const stroke = (down: number) => Buffer.of(4, down, 0, 0, 0, 0, keysym >> 8, keysym & 0xff);
  // The server takes one message after the other: the picture's corner comes behind the key.
  const corner = updateRequest(0, { width: 1, height: 1 });
  send(Buffer.concat([PIXEL_FORMAT, ENCODINGS, stroke(1), stroke(0), corner]));
  yield* nextUpdate(screen);
}

/** Starts a client. What is given takes chunks of any length and tells whether the client has ended. */
export function feed(client: Client): (chunk: Buffer) => boolean {
  let next = client.next();
  let pending: Buffer = Buffer.alloc(0);
  return (chunk) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    while (!next.done && pending.length >= next.value) {
      const wanted = next.value;
      next = client.next(pending.subarray(0, wanted));
      pending = pending.subarray(wanted);
    }
    return next.done === true;
  };
}

const VERSION = Buffer.from("RFB 003.008\n");
const SECURITY_NONE = 1;
/** ClientInit that disconnects nobody. */
const SHARED = 1;

/**
 * SetPixelFormat: one byte per pixel, 2 bits of red, 4 of green and 2 of blue. Most of them are green, because a
 * dark background that is not black has at least some of it.
 */
const PIXEL_FORMAT = Buffer.of(0, 0, 0, 0, 8, 8, 0, 1, 0, 3, 0, 15, 0, 3, 6, 2, 0, 0, 0, 0);

const RAW = 0;
const DESKTOP_SIZE = -223;
/** SetEncodings: raw, and being told of a new size; a client that cannot be told would be disconnected. */
const ENCODINGS = Buffer.of(2, 0, 0, 2, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0x21);

type Reading<T> = Generator<number, T, Buffer>;

function* shakeHands(send: (bytes: Buffer) => void): Reading<Screen> {
  const version = yield VERSION.length;
  if (!version.equals(VERSION)) throw new Error("the display server does not speak RFB 3.8");
  send(VERSION);
  const types = yield (yield 1).readUInt8();
  if (!types.includes(SECURITY_NONE)) throw new Error("the display server wants a password");
  send(Buffer.of(SECURITY_NONE));
  if ((yield 4).readUInt32BE() !== 0) throw new Error("the display server refuses");
  send(Buffer.of(SHARED));
  const init = yield 24;
  yield* skip(init.readUInt32BE(20));
  return blackScreen(init.readUInt16BE(0), init.readUInt16BE(2));
}

/** 8192 × 8192: a picture that takes more memory than this is not worth watching. */
const MOST_PIXELS = 2 ** 26;

function blackScreen(width: number, height: number): Screen {
  const size = width * height;
  if (size > MOST_PIXELS) throw new Error(`a screen of ${width}x${height} is too large to be watched`);
  return { width, height, pixels: Buffer.alloc(size), black: size, drawn: 0 };
}

function updateRequest(incremental: number, { width, height }: Pick<Screen, "width" | "height">): Buffer {
  const message = Buffer.alloc(10);
  message.writeUInt8(3, 0);
  message.writeUInt8(incremental, 1);
  message.writeUInt16BE(width, 6);
  message.writeUInt16BE(height, 8);
  return message;
}

/** Reads messages up to and including the next update of the picture. */
function* nextUpdate(screen: Screen): Reading<"drawn" | "resized"> {
  for (;;) {
    const type = (yield 1).readUInt8();
    if (type === 0) return yield* readRectangles(screen);
    if (type === 1) yield* skip((yield 5).readUInt16BE(3) * 6);
    else if (type === 3) yield* skip((yield 7).readUInt32BE(3));
    else if (type !== 2) throw new Error(`the display server sends a message of the unknown type ${type}`);
  }
}

function* readRectangles(screen: Screen): Reading<"drawn" | "resized"> {
  const count = (yield 3).readUInt16BE(1);
  let result: "drawn" | "resized" = "drawn";
  for (let index = 0; index < count; index += 1) {
    const header = yield 12;
    const encoding = header.readInt32BE(8);
    if (encoding === DESKTOP_SIZE) {
      Object.assign(screen, blackScreen(header.readUInt16BE(4), header.readUInt16BE(6)));
      result = "resized";
    } else if (encoding === RAW) yield* readRaw(screen, header);
    else throw new Error(`the display server sends the unknown encoding ${encoding}`);
  }
  return result;
}

function* readRaw(screen: Screen, header: Buffer): Reading<void> {
  const left = header.readUInt16BE(0);
  const top = header.readUInt16BE(2);
  const width = header.readUInt16BE(4);
  const height = header.readUInt16BE(6);
  if (left + width > screen.width || top + height > screen.height) {
    throw new Error("the display server draws beyond the screen");
  }
  for (let y = top; y < top + height; y += 1) draw(screen, y * screen.width + left, yield width);
}

function draw(screen: Screen, start: number, line: Buffer): void {
  const old = screen.pixels.subarray(start, start + line.length);
  screen.black += countBlack(line) - countBlack(old);
  screen.drawn += line.length;
  line.copy(old);
}

function countBlack(pixels: Buffer): number {
  let black = 0;
  for (const pixel of pixels) if (pixel === 0) black += 1;
  return black;
}

const PIECE = 65_536;

/** Reads past bytes without holding them. */
function* skip(length: number): Reading<void> {
  for (let left = length; left > 0; left -= PIECE) yield Math.min(left, PIECE);
}
