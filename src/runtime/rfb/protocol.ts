/**
 * Numbers of the RFB protocol. Sources: RFC 6143 for version 3.8; for the extensions rfbproto.rst of the rfbproto
 * project, as TigerVNC's server and noVNC's client implement them.
 */

/** ProtocolVersion, which both sides send first. */
export const VERSION_3_8 = Buffer.from("RFB 003.008\n");

export const SECURITY = { none: 1, vncAuth: 2 } as const;

/** ClientInit of a client that shares the desktop: it disconnects nobody. */
export const SHARED = Buffer.of(1);

/** Types of the messages that a client sends. */
export const CLIENT = {
  setPixelFormat: 0,
  setEncodings: 2,
  updateRequest: 3,
  keyEvent: 4,
  pointerEvent: 5,
  cutText: 6,
  enableContinuousUpdates: 150,
  fence: 248,
  xvp: 250,
  setDesktopSize: 251,
  qemu: 255,
} as const;

/** Types of the messages that a server sends. */
export const SERVER = { update: 0, colourMap: 1, bell: 2, cutText: 3 } as const;

/** Encodings and pseudo-encodings. */
export const ENCODING = {
  raw: 0,
  desktopSize: -223,
  qemuKeyEvent: -258,
  qemuAudio: -259,
  extendedMouseButtons: -316,
  extendedClipboard: 0xc0a1e5ce | 0,
} as const;

/** A SetEncodings message. */
export function setEncodings(...encodings: readonly number[]): Buffer {
  const message = Buffer.alloc(4 + 4 * encodings.length);
  message.writeUInt8(CLIENT.setEncodings, 0);
  message.writeUInt16BE(encodings.length, 2);
  for (const [index, encoding] of encodings.entries()) message.writeInt32BE(encoding, 4 + 4 * index);
  return message;
}

/** A FramebufferUpdateRequest for a whole screen; `incremental` is 1 for changes only. */
export function updateRequest(
  incremental: number,
  { width, height }: { readonly width: number; readonly height: number },
): Buffer {
  const message = Buffer.alloc(10);
  message.writeUInt8(CLIENT.updateRequest, 0);
  message.writeUInt8(incremental, 1);
  message.writeUInt16BE(width, 6);
  message.writeUInt16BE(height, 8);
  return message;
}
