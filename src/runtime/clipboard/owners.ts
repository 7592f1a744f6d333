import type { XConnection } from "../x11/connect.ts";
import {
  getSelectionOwner,
  NONE,
  queryExtension,
  queryFixesVersion,
  watchSelection,
} from "../x11/requests.ts";
import type { Atoms } from "./atoms.ts";

/**
 * Calls back with each new owner of the clipboard and of the primary selection, and whether this is new content rather
 * than a clipboard manager's takeover. `window` receives the events. Rejects without XFIXES.
 */
export async function followOwners(
  x: XConnection,
  window: number,
  atoms: Atoms,
  onOwner: (selection: number, owner: number, isNews: boolean) => void,
): Promise<void> {
  const takeovers = createTakeovers(x);
  const fixes = await watchOwners(x, window, [atoms.CLIPBOARD, atoms.PRIMARY, atoms.CLIPBOARD_MANAGER]);
  x.onEvent((event) => {
    if (event[0] !== fixes) return;
    const [owner, selection] = [event.readUInt32LE(8), event.readUInt32LE(12)];
    if (selection === atoms.CLIPBOARD_MANAGER) takeovers.setManager(owner);
    else if (selection === atoms.PRIMARY) onOwner(selection, owner, owner !== NONE);
    else onOwner(selection, owner, !takeovers.look(owner, event.readUInt32LE(16)));
  });
  const manager = await x.ask(getSelectionOwner(atoms.CLIPBOARD_MANAGER));
  takeovers.setManager(manager.readUInt32LE(8));
}

/** Subscribes to changes of the selections' owners; returns the number of that event. */
async function watchOwners(x: XConnection, window: number, selections: readonly number[]): Promise<number> {
  const extension = await x.ask(queryExtension("XFIXES"));
  const [present, opcode, event] = [extension[8], extension.readUInt8(9), extension.readUInt8(10)];
  if (!present) throw new Error("the X server cannot report changes of the clipboard: it has no XFIXES");
  await x.ask(queryFixesVersion(opcode));
  for (const selection of selections) x.send(watchSelection(opcode, window, selection));
  return event;
}

/** Milliseconds within which a clipboard manager takes over; later changes by it were chosen from its list. */
const AT_ONCE = 2_000;

/**
 * Distinguishes new content from a clipboard manager's takeover: XFCE's settings daemon takes over copied pictures at
 * once, so that they survive their program, and offers the same content.
 */
export function createTakeovers(x: Pick<XConnection, "isSameClient">) {
  let manager: number = NONE;
  let last: { readonly owner: number; readonly time: number } = { owner: NONE, time: 0 };
  return {
    /** The clipboard manager's window; NONE without one. */
    setManager(window: number): void {
      manager = window;
    },
    /** Notes the clipboard's new owner, or NONE, and the server's time in milliseconds; true for a takeover. */
    look(owner: number, time: number): boolean {
      const before = last;
      last = { owner, time };
      const isManager = manager !== NONE && x.isSameClient(owner, manager);
      // The server's clock wraps after 49 days.
      return isManager && before.owner !== NONE && (time - before.time) >>> 0 <= AT_ONCE;
    },
  };
}
