import { WebSocket } from "ws";
import { CLIENT, ENCODING, SERVER, setEncodings, updateRequest } from "../../src/runtime/rfb/protocol.ts";
import { type ByteStream, readSocket, shakeHands } from "../bench/rfb.ts";

/** A visitor who sends single messages of RFB through the gateway's WebSocket. */
export interface RfbClient {
  /** The desktop's clipboards that it has been given by the last `settle`. */
  readonly texts: readonly string[];
  /** What the server answered to each wish for another size by then: 0 for done, 1 for forbidden. */
  readonly sizeAnswers: readonly number[];
  send(...messages: readonly Buffer[]): void;
  setSize(width: number, height: number): void;
  /** Resolves when the server has processed all that was sent. Throws when it ended the connection. */
  settle(): Promise<void>;
  close(): void;
}

/** Connects to a gateway on a port of this machine. Throws when it is refused. */
export async function openRfbClient(port: number, user: string, password: string): Promise<RfbClient> {
  const socket = new WebSocket(`wss://127.0.0.1:${port}/websockify`, ["binary"], {
    headers: { Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}` },
    rejectUnauthorized: false,
    perMessageDeflate: false,
  });
  const stream = readSocket(socket);
  await shakeHands(socket, stream);
  // A server disconnects clients that cannot follow a new size.
  socket.send(setEncodings(ENCODING.raw, ENCODING.desktopSize, EXTENDED_DESKTOP_SIZE));
  const heard: Heard = { screen: Buffer.alloc(4), texts: [], sizeAnswers: [] };
  const settle = async () => {
    // Messages are processed in order, and nothing but this asks for a picture.
    socket.send(updateRequest(0, { width: 1, height: 1 }));
    while ((await readMessage(stream, heard)) !== SERVER.update);
  };
  // The first picture comes with the screen's identity, without which no size can be set.
  await settle();
  return {
    texts: heard.texts,
    sizeAnswers: heard.sizeAnswers,
    send: (...messages) => socket.send(Buffer.concat(messages)),
    setSize: (width, height) => socket.send(setDesktopSize(heard.screen, width, height)),
    settle,
    close: () => socket.terminate(),
  };
}

/** Presses and releases the keys of an ASCII text; a line feed is the Enter key. */
export function typing(text: string): Buffer {
  const keys = [...text].map((letter) => (letter === "\n" ? ENTER : letter.charCodeAt(0)));
  const stroke = (key: number, down: number) =>
    Buffer.of(CLIENT.keyEvent, down, 0, 0, 0, 0, key >> 8, key & 0xff);
  return Buffer.concat(keys.flatMap((key) => [stroke(key, 1), stroke(key, 0)]));
}

/** Moves the pointer there, and presses and releases the first button. */
export function clicking(x: number, y: number): Buffer {
  const at = (buttons: number) => Buffer.of(CLIENT.pointerEvent, buttons, x >> 8, x & 0xff, y >> 8, y & 0xff);
  return Buffer.concat([at(0), at(1), at(0)]);
}

/** Gives the desktop a clipboard. */
export function cutText(text: string): Buffer {
  const head = Buffer.of(CLIENT.cutText, 0, 0, 0, 0, 0, 0, 0);
  head.writeUInt32BE(text.length, 4);
  return Buffer.concat([head, Buffer.from(text, "latin1")]);
}

const ENTER = 0xff0d;
const EXTENDED_DESKTOP_SIZE = -308;
/** The reason of a new size: this client asked for one. */
const ASKED = 1;

interface Heard {
  /** The first screen's identity. */
  screen: Buffer;
  readonly texts: string[];
  readonly sizeAnswers: number[];
}

function setDesktopSize(screen: Buffer, width: number, height: number): Buffer {
  const [head, where] = [Buffer.of(CLIENT.setDesktopSize, 0, 0, 0, 0, 0, 1, 0), Buffer.alloc(12)];
  head.writeUInt16BE(width, 2);
  head.writeUInt16BE(height, 4);
  where.writeUInt16BE(width, 4);
  where.writeUInt16BE(height, 6);
  return Buffer.concat([head, screen, where]);
}

/** Reads a message; gives its type. */
async function readMessage(stream: ByteStream, heard: Heard): Promise<number> {
  const type = (await stream.read(1)).readUInt8();
  if (type === SERVER.update) await readRectangles(stream, heard);
  else if (type === SERVER.colourMap) await stream.read((await stream.read(5)).readUInt16BE(3) * 6);
  else if (type === SERVER.cutText) {
    const text = await stream.read((await stream.read(7)).readUInt32BE(3));
    heard.texts.push(text.toString("latin1"));
  } else if (type !== SERVER.bell) throw new Error(`the display server sends unknown message type ${type}`);
  return type;
}

async function readRectangles(stream: ByteStream, heard: Heard): Promise<void> {
  const count = (await stream.read(3)).readUInt16BE(1);
  for (let index = 0; index < count; index += 1) {
    const head = await stream.read(12);
    const [reason, answer, width, height] = [0, 2, 4, 6].map((at) => head.readUInt16BE(at)) as Numbers;
    const encoding = head.readInt32BE(8);
    if (encoding === ENCODING.raw) await stream.read(width * height * 4);
    else if (encoding === EXTENDED_DESKTOP_SIZE) {
      const screens = await stream.read(16 * (await stream.read(4)).readUInt8());
      heard.screen = screens.subarray(0, 4);
      if (reason === ASKED) heard.sizeAnswers.push(answer);
    }
  }
}

type Numbers = [number, number, number, number];
