import { connect, type Socket } from "node:net";

/** A connection to an X server. */
export interface XConnection {
  readonly root: number;
  /** Numbers of the first and the last key. */
  readonly keys: readonly [number, number];
  /** Most bytes of data in one request. */
  readonly longestData: number;
  /** Whether two windows were made by the same program. */
  isSameClient(one: number, other: number): boolean;
  /** A new resource id, for a window or a damage. */
  newId(): number;
  /** Sends a request without a reply. Its errors are ignored: windows of others may vanish at any time. */
  send(request: Buffer): void;
  /** Sends a request and resolves with its reply. Rejects with the server's error, or when the connection ends. */
  ask(request: Buffer): Promise<Buffer>;
  /** Calls `listener` for each event of 32 bytes, and `onEnd` when the connection ends. Returns a function that stops both. */
  onEvent(listener: (event: Buffer) => void, onEnd?: () => void): () => void;
  /** Resolves when the connection has ended. */
  readonly ended: Promise<void>;
  close(): void;
}

/** Milliseconds for the server to accept the connection. */
const PATIENCE = 5_000;

/** Connects to an X server by its socket and cookie. Rejects when the server is not there or refuses, with a system error's code. */
export async function connectX(path: string, cookie: Buffer): Promise<XConnection> {
  const socket = connect({ path });
  let code: string | undefined;
  socket.on("error", (error: NodeJS.ErrnoException) => {
    code = error.code;
  });
  socket.setTimeout(PATIENCE, () => socket.destroy());
  const ended = new Promise<void>((resolve) => void socket.once("close", () => resolve()));
  socket.write(greeting(cookie));
  const reader = readMessages(socket);
  const setup = await Promise.race([reader.setup, ended]);
  if (setup?.[0] !== 1) {
    socket.destroy();
    const message = setup ? "the X server refuses the connection" : "there is no X server";
    throw Object.assign(new Error(message), { code });
  }
  socket.setTimeout(0);
  return createConnection(socket, setup, reader, ended);
}

type Reader = ReturnType<typeof readMessages>;

function createConnection(socket: Socket, setup: Buffer, reader: Reader, ended: Promise<void>): XConnection {
  const waiting = new Map<number, { resolve(reply: Buffer): void; reject(error: Error): void }>();
  const events = createEvents();
  const [base, mask] = [setup.readUInt32LE(12), setup.readUInt32LE(16)];
  let [ids, sequence] = [0, 0];
  const send = (request: Buffer) => {
    sequence = (sequence + 1) & 0xffff;
    socket.write(request);
  };
  reader.onMessage = (message) => {
    const kind = message[0] ?? 0;
    if (kind > 1) return events.emit(message);
    const number = message.readUInt16LE(2);
    const asked = waiting.get(number);
    waiting.delete(number);
    if (kind === 1) asked?.resolve(message);
    else asked?.reject(new Error(`the X server answers with error ${message[1]}`));
  };
  void ended.then(() => {
    for (const { reject } of waiting.values()) reject(new Error("the X server is gone"));
    waiting.clear();
    events.end();
  });
  return {
    root: setup.readUInt32LE(rootOffset(setup)),
    keys: [setup.readUInt8(34), setup.readUInt8(35)],
    longestData: setup.readUInt16LE(26) * 4 - 64,
    isSameClient: (one, other) => (one & ~mask) === (other & ~mask),
    newId: () => base + ids++,
    send,
    ask(request) {
      if (socket.destroyed) return Promise.reject(new Error("the X server is gone"));
      send(request);
      return new Promise((resolve, reject) => void waiting.set(sequence, { resolve, reject }));
    },
    onEvent: events.listen,
    ended,
    close: () => void socket.destroy(),
  };
}

/** The listeners for events and for the end. */
function createEvents() {
  const listeners = new Map<(event: Buffer) => void, (() => void) | undefined>();
  let isOver = false;
  const listen: XConnection["onEvent"] = (listener, onEnd) => {
    if (isOver) queueMicrotask(() => onEnd?.());
    else listeners.set(listener, onEnd);
    return () => void listeners.delete(listener);
  };
  return {
    listen,
    emit(event: Buffer): void {
      for (const listener of [...listeners.keys()]) listener(event);
    },
    end(): void {
      isOver = true;
      for (const onEnd of [...listeners.values()]) onEnd?.();
      listeners.clear();
    },
  };
}

function greeting(cookie: Buffer): Buffer {
  const name = Buffer.from("MIT-MAGIC-COOKIE-1");
  const head = Buffer.alloc(12);
  head.write("l");
  head.writeUInt16LE(11, 2);
  head.writeUInt16LE(name.length, 6);
  head.writeUInt16LE(cookie.length, 8);
  return Buffer.concat([head, padded(name), padded(cookie)]);
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)]);
}

/** Offset of the first screen, after the vendor's name and the pixel formats. */
function rootOffset(setup: Buffer): number {
  const vendor = setup.readUInt16LE(24);
  return 40 + vendor + (-vendor & 3) + 8 * setup.readUInt8(29);
}

/** Cuts the stream into the answer to the greeting, replies, errors and events. */
function readMessages(socket: Socket) {
  let pending: Buffer[] = [];
  let length = 0;
  let needed = 8;
  const reader = {
    setup: new Promise<Buffer>((resolve) => void socket.once("setup", resolve)),
    onMessage: (_message: Buffer) => {},
  };
  let greeted = false;
  socket.on("data", (chunk: Buffer) => {
    pending.push(chunk);
    length += chunk.length;
    // Concatenated only when complete: a large reply comes in thousands of pieces.
    while (length >= needed) {
      const bytes = Buffer.concat(pending);
      const size = greeted ? sizeOf(bytes) : 8 + 4 * bytes.readUInt16LE(6);
      pending = [bytes];
      needed = size;
      if (length < size) break;
      pending = [bytes.subarray(size)];
      length -= size;
      needed = 32;
      if (greeted) reader.onMessage(bytes.subarray(0, size));
      else socket.emit("setup", bytes.subarray(0, size));
      greeted = true;
    }
  });
  return reader;
}

const REPLY = 1;
const GENERIC_EVENT = 35;

function sizeOf(message: Buffer): number {
  const kind = (message[0] ?? 0) & 0x7f;
  return kind === REPLY || kind === GENERIC_EVENT ? 32 + 4 * message.readUInt32LE(4) : 32;
}
