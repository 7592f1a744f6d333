const VERSION = 1;
const RECEIPT = 2;
const LENGTH = 8;

/** The bytes of a client's receipt: version, kind, two zeros, a number (4 bytes) whose meaning the stream defines. */
export function encodeReceipt(number: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(LENGTH);
  bytes.set([VERSION, RECEIPT]);
  new DataView(bytes.buffer).setUint32(4, number);
  return bytes;
}

/** The number in a receipt; undefined if the message is not one. */
export function decodeReceipt(bytes: Uint8Array): number | undefined {
  if (bytes.length !== LENGTH || bytes[0] !== VERSION || bytes[1] !== RECEIPT) return undefined;
  return new DataView(bytes.buffer, bytes.byteOffset, LENGTH).getUint32(4);
}
