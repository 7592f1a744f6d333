import type { Log } from "../log/log.ts";
import type { ClipboardType } from "./atoms.ts";
import type { Contents } from "./give.ts";
import { openSelection, type Selection } from "./selection.ts";
import { ClipboardRefusal } from "./take.ts";

/** Milliseconds between attempts to reach the display server. */
const RETRY = 1_000;

/** The known facts about the desktop's clipboard, without its content. */
export interface ClipboardState {
  /** The available types. */
  readonly types: readonly ClipboardType[];
  /** A counter of changes. */
  readonly serial: number;
  /** There when the program that owns the content does not answer: then there are no types. */
  readonly isSilent?: true;
}

/** The desktop's clipboard, across restarts of the display server. */
export interface KeptSelection {
  state(): Promise<ClipboardState>;
  /** Undefined when the type is not available. Rejects without a display server. */
  take(type: ClipboardType): Promise<Buffer | undefined>;
  /** Returns the new counter of changes. Rejects without a display server. */
  give(contents: Contents): Promise<number>;
  /** Connects for a new client that wants changes, unless connected already, and announces the state. */
  wake(): void;
  close(): void;
}

export interface KeepOptions {
  readonly path: string;
  readonly readCookie: () => Buffer;
  readonly limit: number;
  /** Milliseconds that a program has for its answer and for each piece. @default 5000 */
  readonly patience?: number;
  /** Whether any client wants to know of changes. */
  readonly isWanted: () => boolean;
  readonly onChange: () => void;
  readonly log: Log;
}

/** Connects to the X server at first use, so that a container without visitors has no work with it. */
export function keepSelection(options: KeepOptions): KeptSelection {
  const { isWanted, log } = options;
  let [serial, closed, logged] = [0, false, false];
  let joined: Promise<Selection> | undefined;
  let timer: NodeJS.Timeout | undefined;
  const onChange = () => {
    serial += 1;
    if (isWanted()) options.onChange();
  };
  const open = () => openSelection({ ...options, cookie: options.readCookie(), onChange });
  const join = (): Promise<Selection> => {
    if (joined) return joined;
    const attempt = open();
    joined = attempt;
    const lost = () => {
      if (joined === attempt) joined = undefined;
      clearTimeout(timer);
      if (!closed && isWanted()) timer = setTimeout(wake, RETRY).unref();
    };
    attempt.then((selection) => {
      logged = false;
      void selection.ended.then(lost);
    }, lost);
    return attempt;
  };
  const wake = () => {
    if (!closed && isWanted()) join().then(options.onChange, complain);
  };
  const complain = (error: unknown) => {
    if (!logged) log.info({ event: "clipboard.waiting", message: String(error) });
    logged = true;
  };
  return {
    async state() {
      try {
        const types = await (await join()).types();
        return { types, serial };
      } catch (error) {
        return { types: [], serial, ...(error instanceof ClipboardRefusal && { isSilent: true }) };
      }
    },
    take: async (type) => (await join()).take(type),
    async give(contents) {
      await (await join()).give(contents);
      onChange();
      return serial;
    },
    wake,
    close() {
      closed = true;
      clearTimeout(timer);
      joined?.then(({ close }) => close()).catch(() => {});
    },
  };
}
