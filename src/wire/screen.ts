/**
 * The picture as a video stream between gateway and client, version 1 (docs/internals/messages.md). The gateway sends
 * one StreamReport as a text before the first frame and whenever it changes, PointerReports as texts, and frames as
 * binary messages. The client sends one Hello as a text first, then receipts as binary messages and Wishes as texts.
 */
export const SCREEN = {
  /** What the encoder gives, in the order of preference. VP8 costs twice as much, and every browser has it. */
  codecs: ["h264", "vp8"],
} as const;

export type ScreenCodec = (typeof SCREEN.codecs)[number];

/** What a client can decode. */
export interface Hello {
  readonly codecs: readonly ScreenCodec[];
}

/** What a client asks for. */
export interface Wish {
  /** Its decoder has nothing to build on: it needs a frame that decodes by itself. */
  readonly keyFrame?: true;
  /** Whether somebody looks: no frame goes to a hidden page. */
  readonly isVisible?: boolean;
}

/** The stream that follows, or why there is none and the picture comes by RFB. */
export type StreamReport =
  | {
      /** WebCodecs' name of the codec, such as avc1.42E02A. */
      readonly codec: string;
      /** Pixels of the desktop. Frames lack the last column of an odd width and the last row of an odd height. */
      readonly width: number;
      readonly height: number;
      /** What encodes, such as x264 or NVENC. */
      readonly encoder: string;
    }
  | { readonly paused: PauseReason };

/** slow: the line does not carry it. codec: others watch, or somebody records, in a codec that this client lacks. failed: the encoder ended. */
export type PauseReason = "slow" | "codec" | "failed";

/** Where the pointer is, for viewers: they do not move it, and it is not in the picture. */
export interface PointerReport {
  /** Pixels from the desktop's upper left corner. */
  readonly pointer: { readonly x: number; readonly y: number };
}

/** An encoded picture. */
export interface ScreenFrame {
  /** Counts up; a missing number was not sent to this client. */
  readonly number: number;
  /** Whether it decodes by itself. */
  readonly isKey: boolean;
  /** Microseconds of the desktop's monotonic clock at the moment of capture. */
  readonly timestamp: number;
  readonly data: Uint8Array;
}

/** Its number is that of the newest frame that was decoded. */
export { decodeReceipt, encodeReceipt } from "./receipt.ts";

const VERSION = 1;
const FRAME = 1;
const FRAME_HEADER = 16;

/** The bytes of a frame: version, kind, 1 for a key frame, zero, number (4 bytes), timestamp (8 bytes), data. */
export function encodeFrame({ number, isKey, timestamp, data }: ScreenFrame): Uint8Array {
  const bytes = new Uint8Array(FRAME_HEADER + data.length);
  const view = viewOf(bytes);
  bytes.set([VERSION, FRAME, Number(isKey)]);
  view.setUint32(4, number);
  view.setBigUint64(8, BigInt(timestamp));
  bytes.set(data, FRAME_HEADER);
  return bytes;
}

/** The frame in a message; undefined if it is not one. */
export function decodeFrame(bytes: Uint8Array): ScreenFrame | undefined {
  if (bytes.length < FRAME_HEADER || bytes[0] !== VERSION || bytes[1] !== FRAME) return undefined;
  const view = viewOf(bytes);
  return {
    number: view.getUint32(4),
    isKey: bytes[2] === 1,
    timestamp: Number(view.getBigUint64(8)),
    data: bytes.subarray(FRAME_HEADER),
  };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
