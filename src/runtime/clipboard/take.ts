import type { XConnection } from "../x11/connect.ts";
import { convertSelection, deleteProperty, getProperty, NONE } from "../x11/requests.ts";
import type { Atoms } from "./atoms.ts";

/** The content is over the limit, its owner does not answer, or the display server let another program own it. */
export class ClipboardRefusal extends Error {
  readonly reason: "too long" | "no answer" | "not taken";

  constructor(reason: ClipboardRefusal["reason"]) {
    super(reason);
    this.reason = reason;
  }
}

/** Milliseconds that the owner has for its answer and for each piece, unless the request says otherwise. */
export const PATIENCE = 5_000;

interface Taking {
  readonly x: XConnection;
  readonly atoms: Atoms;
  readonly window: number;
  /** Bytes that are read at most. */
  readonly limit: number;
  /** Milliseconds that the owner has for its answer and for each piece. */
  readonly patience: number;
}

/**
 * Requests a selection's content for one target from its owner. Undefined when there is none. Only one request may run
 * at a time. Throws ClipboardRefusal.
 */
export async function takeSelection(
  taking: Taking,
  selection: number,
  target: number,
): Promise<Buffer | undefined> {
  const { x, atoms, window, limit } = taking;
  const property = atoms.KASMIX_CLIPBOARD;
  const answer = waitFor(
    taking,
    (event) =>
      event[0] === SELECTION_NOTIFY && event.readUInt32LE(8) === window && event.readUInt32LE(16) === target,
  );
  x.send(deleteProperty(window, property));
  x.send(convertSelection(window, selection, target, property));
  if ((await answer.event).readUInt32LE(20) === NONE) return undefined;
  const next = waitForPiece(taking);
  try {
    const { type, data, rest } = parseProperty(await x.ask(getProperty(window, property, limit)));
    if (type === atoms.INCR) {
      // The owner announces the least size.
      if (data.length >= 4 && data.readUInt32LE() > limit) throw new ClipboardRefusal("too long");
      return await takePieces(taking, next);
    }
    if (rest > 0 || data.length > limit) throw new ClipboardRefusal("too long");
    return data;
  } finally {
    next.cancel();
  }
}

/**
 * Incremental transfer: a new value of the property is a piece, reading it requests the next; an empty one is the end.
 */
async function takePieces(taking: Taking, first: Waiting): Promise<Buffer> {
  const { x, atoms, window, limit } = taking;
  const pieces: Buffer[] = [];
  let length = 0;
  for (let next = first; ; ) {
    await next.event;
    next = waitForPiece(taking);
    try {
      const { data, rest } = parseProperty(
        await x.ask(getProperty(window, atoms.KASMIX_CLIPBOARD, limit - length + 1)),
      );
      length += data.length;
      if (rest > 0 || length > limit) throw new ClipboardRefusal("too long");
      if (data.length === 0) {
        next.cancel();
        return Buffer.concat(pieces);
      }
      pieces.push(data);
    } catch (error) {
      next.cancel();
      throw error;
    }
  }
}

const PROPERTY_NOTIFY = 28;
const SELECTION_NOTIFY = 31;
const NEW_VALUE = 0;

interface Waiting {
  readonly event: Promise<Buffer>;
  cancel(): void;
}

function waitForPiece(taking: Taking): Waiting {
  const { atoms, window } = taking;
  return waitFor(
    taking,
    (event) =>
      event[0] === PROPERTY_NOTIFY &&
      event.readUInt32LE(4) === window &&
      event.readUInt32LE(8) === atoms.KASMIX_CLIPBOARD &&
      event[16] === NEW_VALUE,
  );
}

function waitFor({ x, patience }: Taking, matches: (event: Buffer) => boolean): Waiting {
  let cancel = () => {};
  const event = new Promise<Buffer>((resolve, reject) => {
    const refuse = () => {
      cancel();
      reject(new ClipboardRefusal("no answer"));
    };
    const timer = setTimeout(refuse, patience);
    // Not the promise of the connection's end, which would keep a reference to each request until then.
    const stop = x.onEvent((event) => {
      // Events sent by clients have the highest bit set.
      const plain = Buffer.from(event);
      plain[0] = (event[0] ?? 0) & 0x7f;
      if (!matches(plain)) return;
      cancel();
      resolve(plain);
    }, refuse);
    cancel = () => {
      clearTimeout(timer);
      stop();
    };
  });
  // A cancelled wait may reject without a handler.
  event.catch(() => {});
  return { event, cancel: () => cancel() };
}

function parseProperty(reply: Buffer): { type: number; data: Buffer; rest: number } {
  const format = reply.readUInt8(1);
  const length = (reply.readUInt32LE(16) * format) / 8;
  return {
    type: reply.readUInt32LE(8),
    rest: reply.readUInt32LE(12),
    data: reply.subarray(32, 32 + length),
  };
}
