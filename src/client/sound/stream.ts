import { decodePacket, encodeReceipt, SOUND, type SoundPacket } from "../../wire/sound.ts";

/** A connection for sound that is opened again when it breaks. */
export interface Stream {
  open(): void;
  close(): void;
  /** Opens a waiting connection now, because the network is back. */
  retryNow(): void;
  readonly figures: StreamFigures;
}

/** Received bytes and missing packets since the page was loaded. */
export interface StreamFigures {
  readonly bytes: number;
  /** Packets that the server dropped or the network lost: gaps in the sequence. */
  readonly missing: number;
}

/** The server refuses this visitor. */
const POLICY = 1008;
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 15_000;

/** Receives packets from `address` and sends receipts, so that the server does not send what would arrive late. */
export function createStream(address: string, onPacket: (packet: SoundPacket) => void): Stream {
  let socket: WebSocket | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let pause = FIRST_PAUSE;
  const figures = { bytes: 0, missing: 0 };
  const dial = () => {
    clearTimeout(timer);
    const fresh = new WebSocket(address);
    socket = fresh;
    let next: number | undefined;
    receive(fresh, (packet, bytes) => {
      if (socket !== fresh) return;
      pause = FIRST_PAUSE;
      figures.bytes += bytes;
      // A server that starts a new recording counts from 0.
      figures.missing += Math.max(0, packet.sequence - (next ?? packet.sequence));
      next = packet.sequence + 1;
      onPacket(packet);
    });
    fresh.addEventListener("close", ({ code }) => {
      if (socket !== fresh || code === POLICY) return;
      timer = setTimeout(dial, pause);
      pause = Math.min(2 * pause, LONGEST_PAUSE);
    });
  };
  return {
    figures,
    open() {
      if (socket === undefined) dial();
    },
    close() {
      clearTimeout(timer);
      const ended = socket;
      socket = undefined;
      ended?.close();
    },
    retryNow() {
      if (socket?.readyState === WebSocket.CLOSED) dial();
    },
  };
}

function receive(socket: WebSocket, onPacket: (packet: SoundPacket, bytes: number) => void): void {
  let count = 0;
  socket.binaryType = "arraybuffer";
  socket.addEventListener("message", ({ data }) => {
    if (!(data instanceof ArrayBuffer)) return;
    const packet = decodePacket(new Uint8Array(data));
    if (packet === undefined) return;
    count += 1;
    if (count % SOUND.receiptEvery === 0 && socket.readyState === WebSocket.OPEN)
      socket.send(encodeReceipt(count));
    onPacket(packet, data.byteLength);
  });
}
