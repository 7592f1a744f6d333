import { VOICE } from "../../../src/wire/microphone.ts";

/** A speaker's message of so many samples, all alike. */
export function voiceMessage(sequence: number, { samples = 480, level = 1_000 } = {}): Buffer {
  const message = Buffer.alloc(VOICE.header + 2 * samples);
  message.writeUInt8(VOICE.version, 0);
  message.writeUInt8(VOICE.samples, 1);
  message.writeUInt16LE(sequence & 0xffff, 2);
  for (let offset = VOICE.header; offset < message.length; offset += 2) message.writeInt16LE(level, offset);
  return message;
}
