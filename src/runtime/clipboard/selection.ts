import { connectX, type XConnection } from "../x11/connect.ts";
import {
  changeProperty,
  createWindow,
  destroyWindow,
  getSelectionOwner,
  INTEGER,
  setSelectionOwner,
} from "../x11/requests.ts";
import { type Atoms, type ClipboardType, internAtoms } from "./atoms.ts";
import { coalesce } from "./coalesce.ts";
import { type Contents, giveSelection, type Offer } from "./give.ts";
import { followOwners } from "./owners.ts";
import { ClipboardRefusal, PATIENCE, takeSelection } from "./take.ts";
import { choose, readText, typesIn } from "./targets.ts";

/** The clipboard of a desktop, and the text of its primary selection where that is newer. */
export interface Selection {
  /** The available types. */
  types(): Promise<ClipboardType[]>;
  /** Undefined when the type is not available; text as UTF-8. Throws ClipboardRefusal. */
  take(type: ClipboardType): Promise<Buffer | undefined>;
  /** Resolves when the desktop has made us the clipboard's owner. Throws ClipboardRefusal. */
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
  /** Milliseconds that a program has for its answer and for each piece. @default 5000 */
  readonly patience?: number;
  /** Called when a program has changed the content; not after `give`. */
  readonly onChange: () => void;
}

/** Connects to the clipboard of an X server. Rejects without one. */
export async function openSelection(options: SelectionOptions): Promise<Selection> {
  const { path, cookie, limit, patience = PATIENCE, onChange } = options;
  const x = await connectX(path, cookie);
  const atoms = await internAtoms(x);
  const window = openMailbox(x);
  /** What we own, by selection. */
  const offers = new Map<number, Offer>();
  const asker = createAsker(x, atoms, { limit, patience });
  /** The selection that changed last. */
  let source = atoms.CLIPBOARD;
  let changes = 0;
  const change = (selection: number) => {
    source = selection;
    changes += 1;
    onChange();
  };
  // Programs that mark text while the mouse is dragged change the primary selection many times a second.
  const lookAtPrimary = coalesce(async () => {
    const before = changes;
    const types = await asker.types(atoms.PRIMARY).catch((): ClipboardType[] => []);
    if (types.includes("text/plain") && changes === before) change(atoms.PRIMARY);
  });
  giveSelection(x, atoms, (selection) => offers.get(selection));
  await followOwners(x, window, atoms, (selection, owner, isNews) => {
    if (owner === window) return;
    offers.delete(selection);
    if (selection === atoms.CLIPBOARD && isNews) change(selection);
    else if (isNews) lookAtPrimary();
    else if (selection === atoms.PRIMARY) source = atoms.CLIPBOARD;
  });
  return {
    async types() {
      const offer = offers.get(source);
      if (offer) return [...offer.contents.keys()];
      const types = await asker.types(source);
      return source === atoms.PRIMARY ? types.filter((type) => type === "text/plain") : types;
    },
    async take(type) {
      const offer = offers.get(source);
      return offer ? offer.contents.get(type) : await asker.take(source, type);
    },
    async give(contents) {
      const time = await serverTime(x, window, atoms);
      for (const [selection, offered] of partsOf(contents, atoms)) {
        offers.set(selection, { contents: offered, time });
        x.send(setSelectionOwner(window, selection, time));
        // The server says nothing when it does not carry this out.
        const owner = await x.ask(getSelectionOwner(selection));
        if (owner.readUInt32LE(8) === window) continue;
        offers.delete(selection);
        if (selection === atoms.CLIPBOARD) throw new ClipboardRefusal("not taken");
      }
      source = atoms.CLIPBOARD;
      changes += 1;
    },
    ended: x.ended,
    close: x.close,
  };
}

/** What to own: text is also the primary selection, which the middle mouse button pastes. */
function partsOf(contents: Contents, atoms: Atoms): [number, Contents][] {
  const text = contents.get("text/plain");
  const primary: [number, Contents][] = text ? [[atoms.PRIMARY, new Map([["text/plain", text]])]] : [];
  return [[atoms.CLIPBOARD, contents], ...primary];
}

/** Windows of failed requests that are kept. */
const MOST_RETIRED = 8;

/** How often a program that does not answer is asked. */
const ATTEMPTS = 3;

/** Asks the owners of selections, one request after the other, because all answers use the same property. */
function createAsker(x: XConnection, atoms: Atoms, { limit, patience }: { limit: number; patience: number }) {
  const inTurn = createTurns();
  let mailbox = openMailbox(x);
  const retired: number[] = [];
  const tryToAsk = async (selection: number, target: number) => {
    try {
      return await takeSelection({ x, atoms, window: mailbox, limit, patience }, selection, target);
    } catch (error) {
      // The owner may still be sending to the old window: this must not mix with the next answer. The window stays for
      // a while, because a program that does not expect an error would end with its content.
      retired.push(mailbox);
      for (const oldest of retired.splice(0, Math.max(0, retired.length - MOST_RETIRED)))
        x.send(destroyWindow(oldest));
      mailbox = openMailbox(x);
      throw error;
    }
  };
  const ask = async (selection: number, target: number, attempt = 1): Promise<Buffer | undefined> => {
    try {
      return await tryToAsk(selection, target);
    } catch (error) {
      // Simple programs forget a request that comes while they hand a long text to another program.
      const isBusy = error instanceof ClipboardRefusal && error.reason === "no answer";
      if (!isBusy || attempt === ATTEMPTS) throw error;
      return await ask(selection, target, attempt + 1);
    }
  };
  return {
    types: (selection: number) => inTurn(async () => typesIn(atoms, await ask(selection, atoms.TARGETS))),
    take: (selection: number, type: ClipboardType) =>
      inTurn(async () => {
        // Some programs ignore the requested target.
        const target = choose(atoms, await ask(selection, atoms.TARGETS), type);
        const data = target && (await ask(selection, atoms[target]));
        return data && target === "STRING" ? readText(data, limit) : data || undefined;
      }),
  };
}

/** An invisible window, since selections are transferred between windows. */
function openMailbox(x: XConnection): number {
  const window = x.newId();
  x.send(createWindow(window, x.root));
  return window;
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

/** Runs requests one by one. */
function createTurns(): <T>(ask: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (ask) => {
    const mine = last.then(ask, ask);
    last = mine.catch(() => {});
    return mine;
  };
}
