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
 * Tells who owns the clipboard, whenever it changes hands, and whether that is news rather than a clipboard manager's
 * takeover. The events go to `window`. Rejects where the server cannot tell.
 */
export async function followOwners(
  x: XConnection,
  window: number,
  atoms: Atoms,
  onOwner: (owner: number, isNews: boolean) => void,
): Promise<void> {
  const takeovers = createTakeovers(x);
  const fixes = await watchOwners(x, window, [atoms.CLIPBOARD, atoms.CLIPBOARD_MANAGER]);
  x.onEvent((event) => {
    if (event[0] !== fixes) return;
    const owner = event.readUInt32LE(8);
    if (event.readUInt32LE(12) === atoms.CLIPBOARD_MANAGER) takeovers.setManager(owner);
    else onOwner(owner, !takeovers.look(owner, event.readUInt32LE(16)));
  });
  const manager = await x.ask(getSelectionOwner(atoms.CLIPBOARD_MANAGER));
  takeovers.setManager(manager.readUInt32LE(8));
}

/** Asks to be told when selections change hands; gives the number of that event. */
async function watchOwners(x: XConnection, window: number, selections: readonly number[]): Promise<number> {
  const extension = await x.ask(queryExtension("XFIXES"));
  const [present, opcode, event] = [extension[8], extension.readUInt8(9), extension.readUInt8(10)];
  if (!present) throw new Error("the X server cannot tell of the clipboard: it has no XFIXES");
  await x.ask(queryFixesVersion(opcode));
  for (const selection of selections) x.send(watchSelection(opcode, window, selection));
  return event;
}

/** Milliseconds in which a clipboard manager takes over what was copied; what it takes later somebody has chosen of it. */
const AT_ONCE = 2_000;

/**
 * Tells what is copied from what a clipboard manager only takes over: XFCE's settings daemon takes pictures from their
 * program as soon as they are copied, so that they outlive it, and offers the same. That is no change.
 */
export function createTakeovers(x: Pick<XConnection, "isSameClient">) {
  let manager: number = NONE;
  let last: { readonly owner: number; readonly time: number } = { owner: NONE, time: 0 };
  return {
    /** The window that is the clipboard manager's; NONE without one. */
    setManager(window: number): void {
      manager = window;
    },
    /** Notes the clipboard's new owner, NONE for none, and the server's time in milliseconds; true for a takeover. */
    look(owner: number, time: number): boolean {
      const before = last;
      last = { owner, time };
      const isManager = manager !== NONE && x.isSameClient(owner, manager);
      // The server's clock begins anew after 49 days.
      return isManager && before.owner !== NONE && (time - before.time) >>> 0 <= AT_ONCE;
    },
  };
}
