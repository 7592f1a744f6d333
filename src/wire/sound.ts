/**
 * Sound between gateway and client, version 1 (docs/internals/messages.md). The gateway sends packets of Opus, each a binary
 * message; the client sends receipts, each a binary message too. What has another version or kind is ignored.
 */
export const SOUND = {
  /** Samples of a channel in a second. */
  rate: 48_000,
  channels: 2,
  /** Packets on their way, after which the gateway leaves out what follows. */
  window: 150,
  /** Packets after which the client sends a receipt. */
  receiptEvery: 20,
} as const;

const VERSION = 1;
const PACKET = 1;
const RECEIPT = 2;
const PACKET_HEADER = 16;
const RECEIPT_LENGTH = 8;

/** A packet of encoded sound. */
export interface SoundPacket {
  /** Counts what was recorded, from 0; one that is missing was left out for this listener. */
  readonly sequence: number;
  /** Microseconds since the recording began. It jumps where silence was left out. */
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

/** The packet in a message, if it is one. */
export function decodePacket(bytes: Uint8Array): SoundPacket | undefined {
  if (bytes.length < PACKET_HEADER || bytes[0] !== VERSION || bytes[1] !== PACKET) return undefined;
  const view = viewOf(bytes);
  return {
    sequence: view.getUint32(4),
    timestamp: Number(view.getBigUint64(8)),
    data: bytes.subarray(PACKET_HEADER),
  };
}

/** The bytes of a receipt: version, kind, two zeros, how many packets have come on this connection (4 bytes). */
export function encodeReceipt(count: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(RECEIPT_LENGTH);
  const view = viewOf(bytes);
  view.setUint8(0, VERSION);
  view.setUint8(1, RECEIPT);
  view.setUint32(4, count);
  return bytes;
}

/** How many packets have come, if the message is a receipt. */
export function decodeReceipt(bytes: Uint8Array): number | undefined {
  if (bytes.length !== RECEIPT_LENGTH || bytes[0] !== VERSION || bytes[1] !== RECEIPT) return undefined;
  return viewOf(bytes).getUint32(4);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
