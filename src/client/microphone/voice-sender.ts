import type { VoiceReport } from "../../wire/microphone.ts";

export interface VoiceSocketListener {
  /** The server takes the voice. */
  onOpen(): void;
  /** Whether it reaches the desktop's sound system. */
  onHeard(heard: boolean): void;
  /** It is over, or has never begun; not called after `close`. */
  onClose(code: number): void;
}

/** What the page tells the worker: where to send to, where messages come from, and that it is over. */
export type ToWorker =
  | { readonly type: "open"; readonly address: string }
  | { readonly type: "attach"; readonly way: MessagePort }
  | { readonly type: "close" };

/** What the worker tells the page. */
export type FromWorker =
  | { readonly type: "open" }
  | { readonly type: "heard"; readonly heard: boolean }
  | { readonly type: "close"; readonly code: number }
  | { readonly type: "figures"; readonly figures: VoiceFigures };

/** What became of the voice on one way to the server. */
export interface VoiceFigures {
  readonly bytes: number;
  /** Bytes that wait for the network. */
  readonly waiting: number;
  /** Messages that were left out because too much waited. */
  readonly leftOut: number;
}

/** The way of the voice to the server, where it is sent from. */
export interface VoiceSender {
  /** Sends a message, or leaves it out while there is no way for it. */
  send(message: ArrayBuffer): void;
  close(): void;
  readonly figures: VoiceFigures;
}

/** Bytes that may wait to be sent: a quarter of a second. What is later than that is of no use. */
const LONGEST_WAIT = 24_000;
/** Milliseconds after which a way on which nothing moves is given up; the browser itself takes minutes. */
const STALL = 5_000;
/** The code that browsers give to connections that end without one. */
const LOST = 1006;

/** Opens the WebSocket that takes the voice. */
export function openVoiceSender(address: string, listener: VoiceSocketListener): VoiceSender {
  const socket = new WebSocket(address);
  let jammedSince: number | undefined;
  let [bytes, leftOut] = [0, 0];
  const end = (code: number) => {
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
    listener.onClose(code);
  };
  socket.onopen = () => listener.onOpen();
  socket.onmessage = ({ data }) => listener.onHeard(readHeard(data));
  socket.onclose = ({ code }) => end(code);
  return {
    get figures() {
      return { bytes, waiting: socket.bufferedAmount, leftOut };
    },
    send(message) {
      if (socket.readyState !== WebSocket.OPEN) return;
      if (socket.bufferedAmount <= LONGEST_WAIT) {
        jammedSince = undefined;
        bytes += message.byteLength;
        socket.send(message);
        return;
      }
      leftOut += 1;
      jammedSince ??= performance.now();
      if (performance.now() - jammedSince > STALL) end(LOST);
    },
    close() {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    },
  };
}

/** A report of a server that is newer than this page means no harm. */
function readHeard(data: unknown): boolean {
  try {
    const report: Partial<VoiceReport> = JSON.parse(String(data));
    return report.heard !== false;
  } catch {
    return true;
  }
}
