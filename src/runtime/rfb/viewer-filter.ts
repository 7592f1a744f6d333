import { CLIENT, ENCODING, SECURITY, SHARED, VERSION_3_8 } from "./protocol.ts";

/** The client sent something that is not RFB, or that the filter does not know. */
export class ViewerViolation extends Error {
  override readonly name = "ViewerViolation";
}

/** Bytes of the longest message that is passed on. */
const LONGEST_KEPT = 16 * 1024;

/** Encodings that would change the format of client messages or open another clipboard. */
const HIDDEN_ENCODINGS: ReadonlySet<number> = new Set([
  ENCODING.extendedMouseButtons,
  ENCODING.qemuKeyEvent,
  ENCODING.qemuAudio,
  ENCODING.extendedClipboard,
]);

type Phase = "version" | "security" | "init" | "messages";

const NEXT = { version: "security", security: "init", init: "messages" } as const;

/**
 * The client's half of an RFB connection, reduced to what a viewer may send: handshake, pixel format,
 * encodings, update requests and flow control. Keys, pointer, clipboard, screen size and power are dropped here,
 * on the server's side, whatever the client does. Messages are passed on whole and only when fully understood,
 * so that the display server never reads the stream differently from this parser.
 */
export class ViewerFilter {
  #phase: Phase = "version";
  /** At most one incomplete message, 16 KiB. */
  #pending: Buffer = Buffer.alloc(0);
  /** Bytes of a dropped message that are still to come. */
  #skipping = 0;
  /** Whether the client's version of RFB expects a SecurityResult after the security type "none". */
  #expectsResult = false;
  readonly #answer: ((bytes: Buffer) => void) | undefined;

  /**
   * With `answer` the gateway has signed this client in at the display server: the filter answers the client's
   * handshake up to ClientInit itself. Without, the handshake is passed on.
   */
  constructor(answer?: (bytes: Buffer) => void) {
    this.#answer = answer;
  }

  /** Takes bytes from the client and returns those to pass on. Throws ViewerViolation on messages it does not know. */
  push(bytes: Buffer): Buffer {
    const all = this.#pending.length === 0 ? bytes : Buffer.concat([this.#pending, bytes]);
    const passed: Buffer[] = [];
    let at = 0;
    while (this.#phase !== "messages") {
      const end = at + (this.#phase === "version" ? VERSION_3_8.length : 1);
      if (end > all.length) break;
      passed.push(this.#handshake(this.#phase, all.subarray(at, end)));
      at = end;
    }
    if (this.#phase === "messages") at = this.#messages(all, at, passed);
    // A copy, so that a few pending bytes do not keep the whole chunk in memory.
    this.#pending = Buffer.from(all.subarray(at));
    return Buffer.concat(passed);
  }

  #handshake(phase: Exclude<Phase, "messages">, part: Buffer): Buffer {
    this.#phase = NEXT[phase];
    if (phase === "init") return SHARED;
    if (phase === "version") requireVersion(part);
    else if (part[0] !== SECURITY.none) throw new ViewerViolation("unknown security type");
    if (!this.#answer) return part;
    if (phase === "version") {
      this.#expectsResult = part.equals(VERSION_3_8);
      this.#answer(Buffer.of(1, SECURITY.none));
    } else if (this.#expectsResult) this.#answer(Buffer.alloc(4));
    return Buffer.alloc(0);
  }

  /**
   * Adds the messages from `at` on that may pass to `passed`, and returns where the first incomplete one begins.
   * Neighbours are passed on as one piece: a million tiny messages must not block the gateway.
   */
  #messages(bytes: Buffer, at: number, passed: Buffer[]): number {
    let [start, next] = [at, at];
    const passRun = () => void (next > start && passed.push(bytes.subarray(start, next)));
    for (;;) {
      if (this.#skipping > 0) {
        passRun();
        const skipped = Math.min(this.#skipping, bytes.length - next);
        this.#skipping -= skipped;
        next += skipped;
        start = next;
      }
      const size = next < bytes.length ? measure(bytes, next) : undefined;
      if (!size) break;
      if (!size.passes) {
        this.#skipping = size.length;
        continue;
      }
      if (size.length > LONGEST_KEPT) throw new ViewerViolation("message too long");
      const end = next + size.length;
      if (end > bytes.length) break;
      if (bytes[next] === CLIENT.setEncodings) {
        passRun();
        passed.push(withoutHidden(bytes.subarray(next, end)));
        start = end;
      }
      next = end;
    }
    passRun();
    return next;
  }
}

function requireVersion(version: Buffer): void {
  if (!/^RFB 003\.00[78]\n$/.test(version.toString("latin1")))
    throw new ViewerViolation("unknown RFB version");
}

interface Size {
  readonly length: number;
  readonly passes: boolean;
}

/** Length of the message that begins at `at`, and whether a viewer may send it; undefined while too few bytes are there. */
function measure(bytes: Buffer, at: number): Size | undefined {
  const type = bytes[at] ?? -1;
  const fixed = FIXED.get(type);
  if (fixed) return fixed;
  const variable = VARIABLE.get(type);
  if (!variable) throw new ViewerViolation(`unknown message type ${type}`);
  return bytes.length - at < variable.head ? undefined : variable.size(bytes, at);
}

const FIXED: ReadonlyMap<number, Size> = new Map([
  [CLIENT.setPixelFormat, { length: 20, passes: true }],
  [CLIENT.updateRequest, { length: 10, passes: true }],
  [CLIENT.keyEvent, { length: 8, passes: false }],
  [CLIENT.pointerEvent, { length: 6, passes: false }],
  [CLIENT.enableContinuousUpdates, { length: 10, passes: true }],
  [CLIENT.xvp, { length: 4, passes: false }],
]);

interface Variable {
  /** Bytes needed to know the length. */
  readonly head: number;
  size(bytes: Buffer, at: number): Size;
}

const VARIABLE: ReadonlyMap<number, Variable> = new Map([
  [
    CLIENT.setEncodings,
    { head: 4, size: (bytes, at) => ({ length: 4 + 4 * bytes.readUInt16BE(at + 2), passes: true }) },
  ],
  [
    CLIENT.cutText,
    // A negative length marks the extended clipboard.
    { head: 8, size: (bytes, at) => ({ length: 8 + Math.abs(bytes.readInt32BE(at + 4)), passes: false }) },
  ],
  [CLIENT.fence, { head: 9, size: (bytes, at) => ({ length: 9 + (bytes[at + 8] ?? 0), passes: true }) }],
  [
    CLIENT.setDesktopSize,
    { head: 8, size: (bytes, at) => ({ length: 8 + 16 * (bytes[at + 6] ?? 0), passes: false }) },
  ],
  [CLIENT.qemu, { head: 4, size: (bytes, at) => ({ length: qemuLength(bytes, at), passes: false }) }],
]);

/** QEMU's messages: extended key event, or audio (start, stop, format). */
function qemuLength(bytes: Buffer, at: number): number {
  if (bytes[at + 1] === 0) return 12;
  if (bytes[at + 1] === 1) return bytes.readUInt16BE(at + 2) === 2 ? 10 : 4;
  throw new ViewerViolation("unknown QEMU message");
}

function withoutHidden(message: Buffer): Buffer {
  const encodings: Buffer[] = [];
  for (let at = 4; at < message.length; at += 4) {
    if (!HIDDEN_ENCODINGS.has(message.readInt32BE(at))) encodings.push(message.subarray(at, at + 4));
  }
  const head = Buffer.from(message.subarray(0, 4));
  head.writeUInt16BE(encodings.length, 2);
  return Buffer.concat([head, ...encodings]);
}
