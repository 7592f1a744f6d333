/** The client sent what no viewer may or what is no RFB. */
export class ViewerViolation extends Error {
  override readonly name = "ViewerViolation";
}

/** What the display server greets with. */
export const VERSION_8 = Buffer.from("RFB 003.008\n");
const VERSION_LENGTH = VERSION_8.length;
const SECURITY_NONE = 1;
const LONGEST_KEPT = 16 * 1024;

/** Encodings that would change the format of client messages (mouse buttons) or open another clipboard. */
const HIDDEN_ENCODINGS: ReadonlySet<number> = new Set([-316, -258, -259, 0xc0a1e5ce | 0]);

type Phase = "version" | "security" | "init" | "messages";

const NEXT = { version: "security", security: "init", init: "messages" } as const;

/** ClientInit that disconnects nobody. */
const SHARED = Buffer.from([1]);

/**
 * The client's half of an RFB connection, reduced to what a viewer may send: handshake, pixel format,
 * encodings, update requests and flow control. Keys, pointer, clipboard, screen size and power are dropped here,
 * on the server's side, whatever the client does. Messages are passed on whole and only when fully understood,
 * so that this parser and the display server's can never see the stream differently.
 */
export class ViewerFilter {
  #phase: Phase = "version";
  /** At most one incomplete message, 16 KiB. */
  #pending: Buffer = Buffer.alloc(0);
  /** Bytes of a dropped message that are still to come. */
  #skipping = 0;
  /** Whether this version of RFB has a word for "signed in". */
  #tellsResult = false;
  readonly #answer: ((bytes: Buffer) => void) | undefined;

  /**
   * With `answer` the display server's half of the handshake up to ClientInit has been done for this client, which gets
   * from here what it expects in return; without, the handshake is passed on.
   */
  constructor(answer?: (bytes: Buffer) => void) {
    this.#answer = answer;
  }

  /** Takes bytes from the client and gives those to pass on; throws ViewerViolation on what it does not know. */
  push(bytes: Buffer): Buffer {
    const all = this.#pending.length === 0 ? bytes : Buffer.concat([this.#pending, bytes]);
    const passed: Buffer[] = [];
    let at = 0;
    while (this.#phase !== "messages") {
      const end = at + (this.#phase === "version" ? VERSION_LENGTH : 1);
      if (end > all.length) break;
      passed.push(this.#handshake(this.#phase, all.subarray(at, end)));
      at = end;
    }
    if (this.#phase === "messages") at = this.#messages(all, at, passed);
    // A copy, so that a few bytes do not keep all.
    this.#pending = Buffer.from(all.subarray(at));
    return Buffer.concat(passed);
  }

  #handshake(phase: Exclude<Phase, "messages">, part: Buffer): Buffer {
    this.#phase = NEXT[phase];
    if (phase === "init") return SHARED;
    if (phase === "version") requireVersion(part);
    else if (part[0] !== SECURITY_NONE) throw new ViewerViolation("unknown security type");
    if (!this.#answer) return part;
    if (phase === "version") {
      this.#tellsResult = part.equals(VERSION_8);
      this.#answer(Buffer.of(1, SECURITY_NONE));
    } else if (this.#tellsResult) this.#answer(Buffer.alloc(4));
    return Buffer.alloc(0);
  }

  /**
   * Adds what is passed on of the messages from `at` on, and gives where the first incomplete one begins. Neighbours are
   * passed on as one piece: a million tiny messages must not hold up the gateway.
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
      if (bytes[next] === SET_ENCODINGS) {
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

const SET_ENCODINGS = 2;

interface Size {
  readonly length: number;
  readonly passes: boolean;
}

/** Length of the message that begins at `at` and whether a viewer may send it; undefined when too little is there. */
function measure(bytes: Buffer, at: number): Size | undefined {
  const type = bytes[at] ?? -1;
  const fixed = FIXED.get(type);
  if (fixed) return fixed;
  const variable = VARIABLE.get(type);
  if (!variable) throw new ViewerViolation(`unknown message type ${type}`);
  return bytes.length - at < variable.head ? undefined : variable.size(bytes, at);
}

const FIXED: ReadonlyMap<number, Size> = new Map([
  [0, { length: 20, passes: true }], // SetPixelFormat
  [3, { length: 10, passes: true }], // FramebufferUpdateRequest
  [4, { length: 8, passes: false }], // KeyEvent
  [5, { length: 6, passes: false }], // PointerEvent
  [150, { length: 10, passes: true }], // EnableContinuousUpdates
  [250, { length: 4, passes: false }], // xvp: power
]);

interface Variable {
  /** Bytes needed to know the length. */
  readonly head: number;
  size(bytes: Buffer, at: number): Size;
}

const VARIABLE: ReadonlyMap<number, Variable> = new Map([
  [
    SET_ENCODINGS,
    { head: 4, size: (bytes, at) => ({ length: 4 + 4 * bytes.readUInt16BE(at + 2), passes: true }) },
  ],
  // ClientCutText: a negative length marks the extended clipboard.
  [6, { head: 8, size: (bytes, at) => ({ length: 8 + Math.abs(bytes.readInt32BE(at + 4)), passes: false }) }],
  [248, { head: 9, size: (bytes, at) => ({ length: 9 + (bytes[at + 8] ?? 0), passes: true }) }], // ClientFence
  [251, { head: 8, size: (bytes, at) => ({ length: 8 + 16 * (bytes[at + 6] ?? 0), passes: false }) }], // SetDesktopSize
  [255, { head: 4, size: (bytes, at) => ({ length: qemuLength(bytes, at), passes: false }) }],
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
