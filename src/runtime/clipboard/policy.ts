import type { Log } from "../log/log.ts";

/** What may pass through the clipboard. */
export interface ClipboardPolicy {
  /** From the visitor to the desktop. */
  readonly up: boolean;
  /** From the desktop to the visitor. */
  readonly down: boolean;
  /** Bytes of one type of content. */
  readonly limit: number;
}

const DEFAULT_LIMIT = 16 * 1024 ** 2;
const LARGEST_LIMIT = 256 * 1024 ** 2;

/**
 * Reads KASMIX_CLIPBOARD_UP, KASMIX_CLIPBOARD_DOWN and KASMIX_CLIPBOARD_LIMIT, and Kasm's variables for the first two.
 */
export function clipboardPolicy(environment: NodeJS.ProcessEnv, log: Log): ClipboardPolicy {
  const forbids = (name: string, kasm: string) =>
    environment[name] === "0" || / 0$/.test(environment[kasm]?.trim() ?? "");
  return {
    up: !forbids("KASMIX_CLIPBOARD_UP", "KASM_SVC_ACCEPT_CUT_TEXT"),
    down: !forbids("KASMIX_CLIPBOARD_DOWN", "KASM_SVC_SEND_CUT_TEXT"),
    limit: limitFrom(environment.KASMIX_CLIPBOARD_LIMIT, log),
  };
}

function limitFrom(value: string | undefined, log: Log): number {
  if (!value) return DEFAULT_LIMIT;
  const bytes = clipboardLimit(value);
  if (bytes !== undefined) return bytes;
  const message = `KASMIX_CLIPBOARD_LIMIT must be a number of bytes up to 256MiB, such as 500KiB or 16MiB. 16MiB is used instead.`;
  log.warn({ event: "setting.invalid", name: "KASMIX_CLIPBOARD_LIMIT", value, message });
  return DEFAULT_LIMIT;
}

/** The bytes of a limit such as 500KiB; undefined unless it is from 1 byte to 256MiB. */
export function clipboardLimit(value: string): number | undefined {
  const [, digits, unit = ""] = /^(\d{1,10})(KiB|MiB)?$/.exec(value) ?? [];
  const bytes = Number(digits) * ({ KiB: 1024, MiB: 1024 ** 2 }[unit] ?? 1);
  return bytes > 0 && bytes <= LARGEST_LIMIT ? bytes : undefined;
}
