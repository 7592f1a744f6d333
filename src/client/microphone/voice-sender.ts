import type { VoiceReport } from "../../wire/microphone.ts";

export interface VoiceSocketListener {
  /** The server accepts the voice. */
  onOpen(): void;
  /** Whether the voice reaches the desktop's sound system. */
  onHeard(heard: boolean): void;
  /** The connection has ended or was never made; not called after `close`. */
  onClose(code: number): void;
}

/** Messages from the page to the worker: the address, the port to read from, and the end. */
export type ToWorker =
  | { readonly type: "open"; readonly address: string }
  | { readonly type: "attach"; readonly port: MessagePort }
  | { readonly type: "close" };

/** Messages from the worker to the page. */
export type FromWorker =
  | { readonly type: "open" }
  | { readonly type: "heard"; readonly heard: boolean }
  | { readonly type: "close"; readonly code: number }
  | { readonly type: "figures"; readonly figures: VoiceFigures };

/** Figures of one connection to the server. */
export interface VoiceFigures {
  readonly bytes: number;
  /** Bytes that wait for the network. */
  readonly waiting: number;
  /** Messages dropped because too much was waiting. */
  readonly dropped: number;
}

/** Sends the voice to the server from this thread. */
export interface VoiceSender {
  /** Sends a message, or drops it while there is no connection. */
  send(message: ArrayBuffer): void;
  close(): void;
  readonly figures: VoiceFigures;
}

/** Bytes that may wait to be sent: a quarter of a second. Later sound is useless. */
const LONGEST_WAIT = 24_000;
/** Milliseconds without progress after which a connection is given up; the browser itself takes minutes. */
const STALL = 5_000;
/** The close code of browsers for a connection that ended without one. */
const LOST = 1006;

/** Opens the WebSocket that takes the voice. */
export function openVoiceSender(address: string, listener: VoiceSocketListener): VoiceSender {
  const socket = new WebSocket(address);
  let jammedSince: number | undefined;
  let [bytes, dropped] = [0, 0];
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
      return { bytes, waiting: socket.bufferedAmount, dropped };
    },
    send(message) {
      if (socket.readyState !== WebSocket.OPEN) return;
      if (socket.bufferedAmount <= LONGEST_WAIT) {
        jammedSince = undefined;
        bytes += message.byteLength;
        socket.send(message);
        return;
      }
      dropped += 1;
      jammedSince ??= performance.now();
      if (performance.now() - jammedSince > STALL) end(LOST);
    },
    close() {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    },
  };
}

/** A newer server may send reports that this page does not know; they are ignored. */
function readHeard(data: unknown): boolean {
  try {
    const report: Partial<VoiceReport> = JSON.parse(String(data));
    return report.heard !== false;
  } catch {
    return true;
  }
}
