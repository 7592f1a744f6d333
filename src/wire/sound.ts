/**
 * Sound between gateway and client, version 1 (docs/internals/messages.md). The gateway sends packets of Opus, and the client sends
 * receipts, each as a binary message. Messages of another version or kind are ignored.
 */
export const SOUND = {
  /** Samples per second and channel. */
  rate: 48_000,
  channels: 2,
  /** Most unconfirmed packets; the gateway drops further ones. */
  window: 150,
  /** The client sends a receipt after this many packets. */
  receiptEvery: 20,
} as const;

/** Its number counts the packets received on this connection. */
export { decodeReceipt, encodeReceipt } from "./receipt.ts";

const VERSION = 1;
const PACKET = 1;
const PACKET_HEADER = 16;

/** A packet of encoded sound. */
export interface SoundPacket {
  /** Counts the recorded packets, from 0. A missing number was dropped for this listener. */
  readonly sequence: number;
  /** Microseconds since the recording began. It jumps where silence was skipped. */
  readonly timestamp: number;
  readonly data: Uint8Array;
}

/** The bytes of a packet: version, kind, two zeros, sequence (4 bytes), timestamp (8 bytes), data. */
export function encodePacket({ sequence, timestamp, data }: SoundPacket): Uint8Array {
  const bytes = new Uint8Array(PACKET_HEADER + data.length);
  const view = viewOf(bytes);
  view.setUint8(0, VERSION);
  view.setUint8(1, PACKET);
  view.setUint32(4, sequence);
  view.setBigUint64(8, BigInt(timestamp));
  bytes.set(data, PACKET_HEADER);
  return bytes;
}

/** The packet in a message; undefined if it is not one. */
export function decodePacket(bytes: Uint8Array): SoundPacket | undefined {
  if (bytes.length < PACKET_HEADER || bytes[0] !== VERSION || bytes[1] !== PACKET) return undefined;
  const view = viewOf(bytes);
  return {
    sequence: view.getUint32(4),
    timestamp: Number(view.getBigUint64(8)),
    data: bytes.subarray(PACKET_HEADER),
  };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
