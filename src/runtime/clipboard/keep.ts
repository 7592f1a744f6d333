import type { Log } from "../log/log.ts";
import type { ClipboardType } from "./atoms.ts";
import type { Contents } from "./give.ts";
import { openSelection, type Selection } from "./selection.ts";

/** Milliseconds between attempts to reach the display server. */
const RETRY = 1_000;

/** The desktop's clipboard, across restarts of the display server. */
export interface KeptSelection {
  /** The available types, and a counter of changes. */
  state(): Promise<{ readonly types: readonly ClipboardType[]; readonly serial: number }>;
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
  /** Whether any client wants to know of changes. */
  readonly isWanted: () => boolean;
  readonly onChange: () => void;
  readonly log: Log;
}

/** Connects to the X server at first use, so that a container without visitors has no work with it. */
export function keepSelection(options: KeepOptions): KeptSelection {
  const { path, limit, isWanted, log } = options;
  let [serial, closed, logged] = [0, false, false];
  let joined: Promise<Selection> | undefined;
  let timer: NodeJS.Timeout | undefined;
  const onChange = () => {
    serial += 1;
    if (isWanted()) options.onChange();
  };
  const open = () => openSelection({ path, cookie: options.readCookie(), limit, onChange });
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
      const types = await join()
        .then((selection) => selection.types())
        .catch(() => []);
      return { types, serial };
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
