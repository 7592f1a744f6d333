import { decodePacket, encodeReceipt, SOUND, type SoundPacket } from "../../model/sound.ts";

/** A connection for sound that is opened again when it breaks off. */
export interface Stream {
  open(): void;
  close(): void;
  /** Opens a waiting connection now: the network is back. */
  hurry(): void;
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
  const dial = () => {
    clearTimeout(timer);
    const fresh = new WebSocket(address);
    socket = fresh;
    receive(fresh, (packet) => {
      if (socket !== fresh) return;
      pause = FIRST_PAUSE;
      onPacket(packet);
    });
    fresh.addEventListener("close", ({ code }) => {
      if (socket !== fresh || code === POLICY) return;
      timer = setTimeout(dial, pause);
      pause = Math.min(2 * pause, LONGEST_PAUSE);
    });
  };
  return {
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

function receive(socket: WebSocket, onPacket: (packet: SoundPacket) => void): void {
  let count = 0;
  socket.binaryType = "arraybuffer";
  socket.addEventListener("message", ({ data }) => {
    const packet = data instanceof ArrayBuffer ? decodePacket(new Uint8Array(data)) : undefined;
    if (packet === undefined) return;
    count += 1;
    if (count % SOUND.receiptEvery === 0 && socket.readyState === WebSocket.OPEN)
      socket.send(encodeReceipt(count));
    onPacket(packet);
  });
}
