import type { RawData } from "ws";
import { VOICE } from "../../wire/microphone.ts";
import { bytesOf } from "../gateway/bytes-of.ts";

/** A message of a speaker. */
export interface VoiceMessage {
  /** Number of the message, 0 again after 65535. */
  readonly sequence: number;
  /** Signed 16-bit little-endian samples. */
  readonly samples: Buffer;
}

/** Longest message in bytes. */
export const LONGEST_MESSAGE = VOICE.header + 2 * VOICE.longest;

/** Reads a speaker's message, or returns what is wrong with it. */
export function readMessage(data: RawData, isBinary: boolean): VoiceMessage | string {
  if (!isBinary) return "text instead of sound";
  const bytes = bytesOf(data);
  if (bytes.length <= VOICE.header) return "no samples";
  if (bytes.length > LONGEST_MESSAGE) return `more than ${VOICE.longest} samples`;
  if (bytes[0] !== VOICE.version) return `version ${bytes[0]}, not ${VOICE.version}`;
  if (bytes[1] !== VOICE.samples) return `unknown type ${bytes[1]}`;
  if (bytes.length % 2 !== 0) return "half a sample";
  return { sequence: bytes.readUInt16LE(2), samples: bytes.subarray(VOICE.header) };
}
