import type { Page } from "playwright-core";

/** The messages a client sent to the display server. */
export type Told =
  | { readonly kind: "key"; readonly keysym: number; readonly down: boolean; readonly scancode?: number }
  | { readonly kind: "pointer"; readonly mask: number; readonly x: number; readonly y: number };

/** Records what a page's WebSockets send. Call it before the page is loaded. */
export async function recordSent(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const sent: number[] = [];
    Object.assign(window, { sent });
    const { send } = WebSocket.prototype;
    WebSocket.prototype.send = function (data) {
      // The page has other WebSockets with other protocols.
      if (new URL(this.url).pathname === "/websockify" && ArrayBuffer.isView(data))
        sent.push(...new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
      send.call(this, data);
    };
  });
}

/** The keys and pointer events that a page has sent since it was loaded. */
export async function told(page: Page): Promise<Told[]> {
  const bytes = Buffer.from(await page.evaluate(() => (window as unknown as { sent: number[] }).sent));
  const messages: Told[] = [];
  // Version, security type, ClientInit.
  for (let at = 14; at < bytes.length; ) {
    const message = bytes.subarray(at);
    const { length, told } = parse(message);
    if (told) messages.push(told);
    at += length;
  }
  return messages;
}

function parse(message: Buffer): { length: number; told?: Told } {
  switch (message[0]) {
    case 0:
      return { length: 20 };
    case 2:
      return { length: 4 + 4 * message.readUInt16BE(2) };
    case 3:
    case 150:
      return { length: 10 };
    case 4:
      return {
        length: 8,
        told: { kind: "key", down: message[1] === 1, keysym: message.readUInt32BE(4) },
      };
    case 5:
      return parsePointer(message);
    case 6:
      return { length: 8 + Math.abs(message.readInt32BE(4)) };
    case 248:
      return { length: 9 + (message[8] ?? 0) };
    case 251:
      return { length: 8 + 16 * (message[6] ?? 0) };
    case 255:
      return {
        length: 12,
        told: {
          kind: "key",
          down: message.readUInt16BE(2) === 1,
          keysym: message.readUInt32BE(4),
          scancode: message.readUInt32BE(8),
        },
      };
    default:
      throw new Error(`the client sends a message of type ${message[0]}`);
  }
}

/** With the extension for more buttons, the highest bit of the first mask announces a second one. */
function parsePointer(message: Buffer): { length: number; told: Told } {
  const isLong = ((message[1] ?? 0) & 0x80) !== 0;
  const mask = isLong ? ((message[1] ?? 0) & 0x7f) | ((message[6] ?? 0) << 7) : (message[1] ?? 0);
  const place = { x: message.readUInt16BE(2), y: message.readUInt16BE(4) };
  return { length: isLong ? 7 : 6, told: { kind: "pointer", mask, ...place } };
}
