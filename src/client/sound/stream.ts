import { decodePacket, encodeReceipt, SOUND, type SoundPacket } from "../../wire/sound.ts";

/** A connection for sound that is opened again when it breaks off. */
export interface Stream {
  open(): void;
  close(): void;
  /** Opens a waiting connection now: the network is back. */
  hurry(): void;
  readonly figures: StreamFigures;
}

/** What has come and what has not, since the page was loaded. */
export interface StreamFigures {
  readonly bytes: number;
  /** Packets that the server left out, or that were lost on the way: what the sequence jumps over. */
  readonly missing: number;
}

/** The server does not want this visitor. */
const POLICY = 1008;
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 15_000;

/** Receives packets from `address` and gives receipts for them, so that the server does not send what would come late. */
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
      // A server that begins another recording counts from nothing.
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
    hurry() {
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
