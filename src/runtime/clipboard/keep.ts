import type { Log } from "../log/log.ts";
import type { ClipboardType } from "./atoms.ts";
import type { Contents } from "./give.ts";
import { openSelection, type Selection } from "./selection.ts";

/** Milliseconds until a display server that is not there is looked for again. */
const RETRY = 1_000;

/** The desktop's clipboard, over restarts of the display server. */
export interface KeptSelection {
  /** What can be had, and how often it has changed. */
  state(): Promise<{ readonly types: readonly ClipboardType[]; readonly serial: number }>;
  /** Undefined when it cannot be had in this form. Rejects without a display server. */
  take(type: ClipboardType): Promise<Buffer | undefined>;
  /** Gives how often the clipboard has changed then. Rejects without a display server. */
  give(contents: Contents): Promise<number>;
  /** Somebody wants to be told of changes: joins the clipboard if that is not done, and tells the state. */
  wake(): void;
  close(): void;
}

export interface KeepOptions {
  readonly path: string;
  readonly readCookie: () => Buffer;
  readonly limit: number;
  /** Whether anybody wants to be told of changes. */
  readonly isWanted: () => boolean;
  readonly onChange: () => void;
  readonly log: Log;
}

/** Joins the clipboard when it is first wanted: a container that nobody looks at has no work with it. */
export function keepSelection(options: KeepOptions): KeptSelection {
  const { path, limit, isWanted, log } = options;
  let [serial, closed, told] = [0, false, false];
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
      told = false;
      void selection.ended.then(lost);
    }, lost);
    return attempt;
  };
  const wake = () => {
    if (!closed && isWanted()) join().then(options.onChange, complain);
  };
  const complain = (error: unknown) => {
    if (!told) log.info({ event: "clipboard.waiting", message: String(error) });
    told = true;
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
