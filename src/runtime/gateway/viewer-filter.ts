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
    this.#pending = Buffer.concat([this.#pending, bytes]);
    const passed: Buffer[] = [];
    for (;;) {
      this.#skipping -= this.#take(Math.min(this.#skipping, this.#pending.length)).length;
      if (this.#pending.length === 0) break;
      const part = this.#phase === "messages" ? this.#message() : this.#handshake(this.#phase);
      if (part === undefined) break;
      passed.push(part);
    }
    return Buffer.concat(passed);
  }

  #handshake(phase: Exclude<Phase, "messages">): Buffer | undefined {
    const length = phase === "version" ? VERSION_LENGTH : 1;
    if (this.#pending.length < length) return undefined;
    const part = this.#take(length);
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

  #message(): Buffer | undefined {
    const size = measure(this.#pending);
    if (size === undefined) return undefined;
    if (!size.passes) {
      this.#skipping = size.length;
      return Buffer.alloc(0);
    }
    if (size.length > LONGEST_KEPT) throw new ViewerViolation("message too long");
    if (this.#pending.length < size.length) return undefined;
    const message = this.#take(size.length);
    return message[0] === SET_ENCODINGS ? withoutHidden(message) : message;
  }

  #take(length: number): Buffer {
    const part = this.#pending.subarray(0, length);
    this.#pending = this.#pending.subarray(length);
    return part;
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

/** Length of the message that begins here and whether a viewer may send it; undefined when too little is there. */
function measure(bytes: Buffer): Size | undefined {
  const type = bytes[0] ?? -1;
  const fixed = FIXED.get(type);
  if (fixed) return fixed;
  const variable = VARIABLE.get(type);
  if (!variable) throw new ViewerViolation(`unknown message type ${type}`);
  return bytes.length < variable.head ? undefined : variable.size(bytes);
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
  size(bytes: Buffer): Size;
}

const VARIABLE: ReadonlyMap<number, Variable> = new Map([
  [SET_ENCODINGS, { head: 4, size: (bytes) => ({ length: 4 + 4 * bytes.readUInt16BE(2), passes: true }) }],
  // ClientCutText: a negative length marks the extended clipboard.
  [6, { head: 8, size: (bytes) => ({ length: 8 + Math.abs(bytes.readInt32BE(4)), passes: false }) }],
  [248, { head: 9, size: (bytes) => ({ length: 9 + (bytes[8] ?? 0), passes: true }) }], // ClientFence
  [251, { head: 8, size: (bytes) => ({ length: 8 + 16 * (bytes[6] ?? 0), passes: false }) }], // SetDesktopSize
  [255, { head: 4, size: (bytes) => ({ length: qemuLength(bytes), passes: false }) }],
]);

/** QEMU's messages: extended key event, or audio (start, stop, format). */
function qemuLength(bytes: Buffer): number {
  if (bytes[1] === 0) return 12;
  if (bytes[1] === 1) return bytes.readUInt16BE(2) === 2 ? 10 : 4;
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
