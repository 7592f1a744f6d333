import { connectX, type XConnection } from "../x11/connect.ts";
import {
  changeProperty,
  createWindow,
  destroyWindow,
  getSelectionOwner,
  INTEGER,
  setSelectionOwner,
} from "../x11/requests.ts";
import { type Atoms, type ClipboardType, internAtoms, TARGETS, TYPES } from "./atoms.ts";
import { type Contents, giveSelection, type Offer } from "./give.ts";
import { followOwners } from "./owners.ts";
import { takeSelection } from "./take.ts";

/** The clipboard of a desktop. */
export interface Selection {
  /** The available types. */
  types(): Promise<ClipboardType[]>;
  /** Undefined when the type is not available. Throws ClipboardRefusal. */
  take(type: ClipboardType): Promise<Buffer | undefined>;
  give(contents: Contents): Promise<void>;
  /** Resolves when the display server has ended. */
  readonly ended: Promise<void>;
  close(): void;
}

export interface SelectionOptions {
  /** Socket of the X server. */
  readonly path: string;
  readonly cookie: Buffer;
  /** Bytes that are read at most. */
  readonly limit: number;
  /** Called when a program has changed the content; not after `give`. */
  readonly onChange: () => void;
}

/** Connects to the clipboard of an X server. Rejects without one. */
export async function openSelection({ path, cookie, limit, onChange }: SelectionOptions): Promise<Selection> {
  const x = await connectX(path, cookie);
  const atoms = await internAtoms(x);
  const window = openMailbox(x);
  let offer: Offer | undefined;
  giveSelection(x, atoms, () => offer);
  await followOwners(x, window, atoms, (owner, isNews) => {
    if (owner === window) return;
    offer = undefined;
    if (isNews) onChange();
  });
  const inTurn = createTurns();
  let mailbox = openMailbox(x);
  const takeTarget = async (target: number) => {
    try {
      return await takeSelection({ x, atoms, window: mailbox, limit }, target);
    } catch (error) {
      // The owner may still be sending to the old window: this must not mix with the next answer.
      x.send(destroyWindow(mailbox));
      mailbox = openMailbox(x);
      throw error;
    }
  };
  const takeTypes = async () => typesIn(atoms, await takeTarget(atoms.TARGETS));
  const takeOne = async (type: ClipboardType) => {
    // Some programs ignore the requested target.
    if (!(await takeTypes()).includes(type)) return undefined;
    return await takeTarget(atoms[targetOf(type)]);
  };
  return {
    types: async () => (offer ? [...offer.contents.keys()] : await inTurn(takeTypes)),
    take: async (type) => (offer ? offer.contents.get(type) : await inTurn(() => takeOne(type))),
    async give(contents) {
      const time = await serverTime(x, window, atoms);
      offer = { contents, time };
      x.send(setSelectionOwner(window, atoms.CLIPBOARD, time));
      // A round trip: the request before it has been carried out.
      await x.ask(getSelectionOwner(atoms.CLIPBOARD));
    },
    ended: x.ended,
    close: x.close,
  };
}

/** An invisible window, since selections are transferred between windows. */
function openMailbox(x: XConnection): number {
  const window = x.newId();
  x.send(createWindow(window, x.root));
  return window;
}

function typesIn(atoms: Atoms, targets: Buffer = Buffer.alloc(0)): ClipboardType[] {
  const offered = new Set<number>();
  for (let at = 0; at + 4 <= targets.length; at += 4) offered.add(targets.readUInt32LE(at));
  return TYPES.filter((type) => offered.has(atoms[targetOf(type)]));
}

function targetOf(type: ClipboardType): keyof Atoms {
  return TARGETS[type][0];
}

/** The server's time, which an owner needs: it comes with the event of an empty change of a property. */
function serverTime(x: XConnection, window: number, atoms: Atoms): Promise<number> {
  const property = atoms.TIMESTAMP;
  return new Promise((resolve, reject) => {
    const stop = x.onEvent(
      (event) => {
        if (event[0] !== PROPERTY_NOTIFY || event.readUInt32LE(8) !== property) return;
        stop();
        resolve(event.readUInt32LE(12));
      },
      () => reject(new Error("the X server has ended")),
    );
    x.send(
      changeProperty({ window, property, type: INTEGER, format: 32, data: Buffer.alloc(0), append: true }),
    );
  });
}

const PROPERTY_NOTIFY = 28;

/** Runs requests one by one, because all answers use the same property. */
function createTurns(): <T>(ask: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (ask) => {
    const mine = last.then(ask, ask);
    last = mine.catch(() => {});
    return mine;
  };
}
