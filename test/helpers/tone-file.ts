import { writeFileSync } from "node:fs";

/** A tone, as strong as `amplitude` says between 0 and 1. */
export interface Tone {
  readonly frequency: number;
  readonly amplitude: number;
}

const RATE = 48_000;
const SECONDS = 10;
const HEADER = 44;

/** Writes a WAV file of a tone: whole periods, so that it goes on smoothly where it begins again. */
export function writeTone(path: string, { frequency, amplitude }: Tone): void {
  const file = Buffer.alloc(HEADER + 2 * SECONDS * RATE);
  file.write("RIFF", 0);
  file.writeUInt32LE(file.length - 8, 4);
  file.write("WAVEfmt ", 8);
  file.writeUInt32LE(16, 16);
  for (const [offset, value] of [
    [20, 1],
    [22, 1],
    [32, 2],
    [34, 16],
  ] as const)
    file.writeUInt16LE(value, offset);
  file.writeUInt32LE(RATE, 24);
  file.writeUInt32LE(2 * RATE, 28);
  file.write("data", 36);
  file.writeUInt32LE(file.length - HEADER, 40);
  for (let index = 0; HEADER + 2 * index < file.length; index++) {
    const sample = amplitude * Math.sin((2 * Math.PI * frequency * index) / RATE);
    file.writeInt16LE(Math.round(sample * 0x7fff), HEADER + 2 * index);
  }
  writeFileSync(path, file);
}

/** Chromium's options for a microphone that hears this file over and over, and that pages may use unasked. */
export function fakeMicrophone(path: string): string[] {
  return [
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    `--use-file-for-fake-audio-capture=${path}`,
  ];
}
