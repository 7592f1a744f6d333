/** The commands of PulseAudio's native protocol that playback needs. */
export const COMMAND = {
  error: 0,
  reply: 2,
  createPlayback: 3,
  authenticate: 8,
  setClientName: 9,
  request: 61,
  playbackKilled: 64,
} as const;

/** The channel of commands; others carry sound. */
const CONTROL = 0xffff_ffff;
const HEADER = 20;
/** Far more than any command for playback. */
const LONGEST_BODY = 64 * 1024;

/** A command with its tag, which the reply repeats, and its fields. */
export function renderCommand(command: number, tag: number, ...fields: readonly Buffer[]): Buffer {
  return renderPacket(CONTROL, Buffer.concat([u32(command), u32(tag), ...fields]));
}

/** Sound for a stream. */
export function renderSound(channel: number, samples: Buffer): Buffer {
  return renderPacket(channel, samples);
}

function renderPacket(channel: number, body: Buffer): Buffer {
  const header = Buffer.alloc(HEADER);
  header.writeUInt32BE(body.length, 0);
  header.writeUInt32BE(channel, 4);
  return Buffer.concat([header, body]);
}

/** A field of 32 bits. */
export function u32(value: number): Buffer {
  return tagged("L", value);
}

/** A field of text. */
export function text(value: string): Buffer {
  return Buffer.from(`t${value}\0`);
}

/** A field of bytes. */
export function bytes(value: Buffer): Buffer {
  return Buffer.concat([tagged("x", value.length), value]);
}

/** A boolean field. */
export function flag(value: boolean): Buffer {
  return Buffer.from(value ? "1" : "0");
}

/** A field of properties. */
export function properties(values: Readonly<Record<string, string>>): Buffer {
  const entries = Object.entries(values).flatMap(([name, value]) => {
    const content = Buffer.from(`${value}\0`);
    return [text(name), u32(content.length), bytes(content)];
  });
  return Buffer.concat([Buffer.from("P"), ...entries, Buffer.from("N")]);
}

/** The field for signed 16-bit little-endian samples of one channel. */
export function sampleFormat(rate: number): Buffer {
  const field = Buffer.from([...Buffer.from("a"), 3, 1, 0, 0, 0, 0]);
  field.writeUInt32BE(rate, 3);
  return field;
}

/** The field for a channel map with one mono channel. */
export const MONO = Buffer.from([...Buffer.from("m"), 1, 0]);

/** The field for one channel at full volume. */
export const FULL_VOLUME = Buffer.from([...Buffer.from("v"), 1, 0, 1, 0, 0]);

function tagged(tag: string, value: number): Buffer {
  const field = Buffer.from(`${tag}\0\0\0\0`, "latin1");
  field.writeUInt32BE(value, 1);
  return field;
}

/** A received command, and the numbers at the beginning of its fields. */
export interface Received {
  readonly command: number;
  readonly tag: number;
  readonly numbers: readonly number[];
}

/** Splits a connection's bytes into commands. Throws on invalid messages. */
export class CommandReader {
  #rest: Buffer = Buffer.alloc(0);

  push(chunk: Buffer): Received[] {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    const received: Received[] = [];
    while (this.#rest.length >= HEADER) {
      const length = this.#rest.readUInt32BE(0);
      if (length > LONGEST_BODY) throw new Error(`a message of ${length} bytes`);
      if (this.#rest.length < HEADER + length) break;
      const body = this.#rest.subarray(HEADER, HEADER + length);
      if (this.#rest.readUInt32BE(4) === CONTROL) received.push(parse(body));
      this.#rest = this.#rest.subarray(HEADER + length);
    }
    return received;
  }
}

function parse(body: Buffer): Received {
  const numbers: number[] = [];
  for (let offset = 0; offset + 5 <= body.length && body[offset] === 0x4c; offset += 5) {
    numbers.push(body.readUInt32BE(offset + 1));
  }
  const [command, tag, ...rest] = numbers;
  if (command === undefined || tag === undefined) throw new Error("a message that is not a command");
  return { command, tag, numbers: rest };
}
