import type { XConnection } from "../x11/connect.ts";
import {
  ATOM,
  changeProperty,
  INTEGER,
  NONE,
  notifySelection,
  watchProperties,
  words,
} from "../x11/requests.ts";
import { type Atoms, type ClipboardType, TARGETS } from "./atoms.ts";

/** The content of a clipboard, in one or more types. */
export type Contents = ReadonlyMap<ClipboardType, Buffer>;

/** Milliseconds a program has to fetch the next piece. */
const PATIENCE = 10_000;
/** Concurrent incremental transfers. */
const MOST_TRANSFERS = 16;

/** The content that we own, since `time` by the server's clock. */
export interface Offer {
  readonly contents: Contents;
  readonly time: number;
}

/** Serves the current offer of a selection to programs of the desktop that request it. */
export function giveSelection(
  x: XConnection,
  atoms: Atoms,
  offer: (selection: number) => Offer | undefined,
): void {
  const transfers = new Map<string, () => void>();
  x.onEvent((event) => {
    if (event[0] === PROPERTY_NOTIFY && event[16] === DELETED)
      transfers.get(`${event.readUInt32LE(4)} ${event.readUInt32LE(8)}`)?.();
    if (event[0] !== SELECTION_REQUEST) return;
    const asked = parseRequest(event);
    const present = offer(asked.selection);
    const set = present && answerFor(present, atoms, asked.target);
    if (!set) return x.send(notifySelection({ ...asked, property: NONE }));
    const { requestor: window, property } = asked;
    if (set.data.length <= x.longestData) x.send(changeProperty({ window, property, ...set }));
    else if (transfers.size < MOST_TRANSFERS) sendPieces({ x, atoms, window, property, transfers, ...set });
    else return x.send(notifySelection({ ...asked, property: NONE }));
    x.send(notifySelection(asked));
  });
}

const PROPERTY_NOTIFY = 28;
const SELECTION_REQUEST = 30;
const DELETED = 1;

function parseRequest(event: Buffer) {
  const [time, requestor, selection, target, property] = [4, 12, 16, 20, 24].map((at) =>
    event.readUInt32LE(at),
  ) as [number, number, number, number, number];
  // Old programs let the owner choose the property.
  return { time, requestor, selection, target, property: property || target };
}

interface Answer {
  readonly type: number;
  readonly format: 8 | 32;
  readonly data: Buffer;
}

function answerFor({ contents, time }: Offer, atoms: Atoms, target: number): Answer | undefined {
  if (target === atoms.TIMESTAMP) return { type: INTEGER, format: 32, data: words(time) };
  if (target === atoms.TARGETS) {
    const names = [...contents.keys()].flatMap((type) => TARGETS[type]);
    const data = words(atoms.TARGETS, atoms.TIMESTAMP, ...names.map((name) => atoms[name]));
    return { type: ATOM, format: 32, data };
  }
  for (const [type, data] of contents) {
    const name = TARGETS[type].find((candidate) => atoms[candidate] === target);
    if (name === undefined) continue;
    if (name === "STRING") return { type: target, format: 8, data: toLatin1(data) };
    return { type: name === "TEXT" ? atoms.UTF8_STRING : target, format: 8, data };
  }
  return undefined;
}

/** By its definition a STRING is Latin-1; what that lacks becomes a question mark. */
function toLatin1(text: Buffer): Buffer {
  return Buffer.from(text.toString("utf8").replace(/[^\0-\xff]/gu, "?"), "latin1");
}

interface Transfer extends Answer {
  readonly x: XConnection;
  readonly atoms: Atoms;
  readonly window: number;
  readonly property: number;
  readonly transfers: Map<string, () => void>;
}

/** Incremental transfer of data too long for one request, each piece when the previous one was read: ICCCM 2.7.2. */
function sendPieces({ x, atoms, window, property, transfers, type, format, data }: Transfer): void {
  const key = `${window} ${property}`;
  let at = 0;
  const end = () => {
    clearTimeout(timer);
    transfers.delete(key);
    x.send(watchProperties(window, false));
  };
  const timer = setTimeout(end, PATIENCE);
  x.send(watchProperties(window));
  const size = words(data.length);
  x.send(changeProperty({ window, property, type: atoms.INCR, format: 32, data: size }));
  transfers.set(key, () => {
    const piece = data.subarray(at, at + x.longestData);
    at += piece.length;
    timer.refresh();
    x.send(changeProperty({ window, property, type, format, data: piece }));
    if (piece.length === 0) end();
  });
}
