import {
  decodeFrame,
  encodeReceipt,
  type Hello,
  type PointerReport,
  type ScreenFrame,
  type StreamReport,
  type Wish,
} from "../../wire/screen.ts";

/** A connection for the picture that is opened again when it breaks. */
export interface Stream {
  /** Tells the server that this frame was decoded, which lets it send more. */
  receipt(number: number): void;
  /** Asks for a frame that decodes by itself. */
  askForKey(): void;
  /** Tells the server whether somebody looks. */
  show(isVisible: boolean): void;
  /** Opens a waiting connection now, because the network is back. */
  retryNow(): void;
  close(): void;
}

export interface StreamListener {
  onReport(report: StreamReport): void;
  /** Somebody else moved the pointer. */
  onPointer(place: PointerReport["pointer"]): void;
  onFrame(frame: ScreenFrame): void;
  /** The connection broke. */
  onLost(): void;
}

/** The server refuses this visitor. */
const POLICY = 1008;
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 15_000;

/** Receives the picture from `address`. */
export function openStream(address: string, hello: Hello, listener: StreamListener): Stream {
  let socket: WebSocket | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let pause = FIRST_PAUSE;
  let isVisible = true;
  const send = (message: string | Uint8Array<ArrayBuffer>) => {
    if (socket?.readyState === WebSocket.OPEN) socket.send(message);
  };
  const wish = (wish: Wish) => send(JSON.stringify(wish));
  const dial = () => {
    clearTimeout(timer);
    const fresh = new WebSocket(address);
    socket = fresh;
    fresh.binaryType = "arraybuffer";
    fresh.addEventListener("open", () => {
      if (socket !== fresh) return;
      send(JSON.stringify(hello));
      if (!isVisible) wish({ isVisible });
    });
    fresh.addEventListener("message", ({ data }) => {
      if (socket !== fresh) return;
      if (typeof data === "string") {
        const report = parseReport(data);
        if (report && "pointer" in report) listener.onPointer(report.pointer);
        else if (report) listener.onReport(report);
        return;
      }
      const frame = decodeFrame(new Uint8Array(data));
      if (frame === undefined) return;
      pause = FIRST_PAUSE;
      listener.onFrame(frame);
    });
    fresh.addEventListener("close", ({ code }) => {
      if (socket !== fresh) return;
      listener.onLost();
      if (code === POLICY) return;
      timer = setTimeout(dial, pause);
      pause = Math.min(2 * pause, LONGEST_PAUSE);
    });
  };
  dial();
  return {
    receipt: (number) => send(encodeReceipt(number)),
    askForKey: () => wish({ keyFrame: true }),
    show(visible) {
      isVisible = visible;
      wish({ isVisible });
    },
    retryNow() {
      if (socket?.readyState === WebSocket.CLOSED) dial();
    },
    close() {
      clearTimeout(timer);
      const ended = socket;
      socket = undefined;
      ended?.close();
    },
  };
}

/** A newer server may send messages that this page does not know; they are ignored. */
function parseReport(text: string): StreamReport | PointerReport | undefined {
  try {
    const report: unknown = Object(JSON.parse(text));
    const isKnown = ["codec", "paused", "pointer"].some((name) => Object.hasOwn(report as object, name));
    return isKnown ? (report as StreamReport | PointerReport) : undefined;
  } catch {
    return undefined;
  }
}
