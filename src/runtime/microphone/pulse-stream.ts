import { connect, type Socket } from "node:net";
import { VOICE } from "../../wire/microphone.ts";
import { reasonOf } from "../log/attempt.ts";
import {
  bytes,
  COMMAND,
  CommandReader,
  FULL_VOLUME,
  flag,
  MONO,
  properties,
  type Received,
  renderCommand,
  renderSound,
  sampleFormat,
  text,
  u32,
} from "./pulse-message.ts";

/** Sound on its way into PulseAudio. */
export interface PulseStream {
  /** Bytes that PulseAudio asks for; more than that is not to be written. */
  wanted(): number;
  write(samples: Buffer): void;
  close(): void;
}

export interface PulseStreamOptions {
  /** PulseAudio's socket. */
  readonly path: string;
  /** Name of the sink that is played into. */
  readonly sink: string;
  /** PulseAudio takes sound now. */
  readonly onReady: () => void;
  /** It asks for more. */
  readonly onRequest: () => void;
  /** It is over, or has never begun; not called after `close`. */
  readonly onEnd: (reason: string) => void;
  /** Milliseconds until PulseAudio has to be ready for the first sound. @default 5000 */
  readonly patience?: number | undefined;
}

/** The protocol of PulseAudio 0.9.11, which its successors speak too: nothing newer is needed here. */
const VERSION = 13;
/** Who has the same user id as the server needs no other cookie than zeros. */
const COOKIE = Buffer.alloc(256);
const ANY = 0xffff_ffff;
/** The commands of the greeting, in order; the tag of each is its place. */
const GREETING = [authenticate(), setName()] as const;
const CREATE_TAG = GREETING.length;

/**
 * Plays into a sink of PulseAudio by its native protocol. Own code, because its programs read ahead from a pipe, and
 * that hides how much waits there: here PulseAudio says byte for byte what it has room for, and the voice is never
 * later than its buffer.
 */
export function openPulseStream(options: PulseStreamOptions): PulseStream {
  const { path, sink, onEnd, patience = 5_000 } = options;
  const socket = connect({ path });
  const dialogue = new Dialogue(socket, options);
  const reader = new CommandReader();
  let reason = "PulseAudio ended the connection";
  let closed = false;
  const fail = (error: unknown) => {
    reason = reasonOf(error);
    socket.destroy();
  };
  const hurry = setTimeout(() => fail("PulseAudio does not answer"), patience);
  socket.once("connect", () => socket.write(Buffer.concat([...GREETING, createStream(sink)])));
  socket.on("data", (chunk) => {
    try {
      for (const received of reader.push(chunk)) dialogue.take(received);
      if (dialogue.isReady) clearTimeout(hurry);
    } catch (error) {
      fail(error);
    }
  });
  socket.on("error", fail);
  socket.on("close", () => {
    clearTimeout(hurry);
    if (!closed) onEnd(reason);
  });
  return {
    wanted: () => dialogue.wanted,
    write: (samples) => dialogue.write(samples),
    close() {
      closed = true;
      socket.destroy();
    },
  };
}

/** What has been agreed with PulseAudio so far. */
class Dialogue {
  readonly #socket: Socket;
  readonly #options: PulseStreamOptions;
  #channel: number | undefined;
  #wanted = 0;

  constructor(socket: Socket, options: PulseStreamOptions) {
    this.#socket = socket;
    this.#options = options;
  }

  get isReady(): boolean {
    return this.#channel !== undefined;
  }

  get wanted(): number {
    return this.#wanted;
  }

  write(samples: Buffer): void {
    if (this.#channel === undefined) return;
    this.#wanted -= samples.length;
    this.#socket.write(renderSound(this.#channel, samples));
  }

  take({ command, tag, numbers }: Received): void {
    const [first, second, third = 0] = numbers;
    if (command === COMMAND.error) throw new Error(`PulseAudio refuses, error ${first}`);
    if (command === COMMAND.playbackKilled) throw new Error("PulseAudio ended the stream");
    if (command === COMMAND.reply && tag === CREATE_TAG) {
      this.#channel = first;
      this.#wanted = third;
      this.#options.onReady();
    } else if (command === COMMAND.request && first === this.#channel) {
      this.#wanted += second ?? 0;
      this.#options.onRequest();
    }
  }
}

function authenticate(): Buffer {
  return renderCommand(COMMAND.authenticate, 0, u32(VERSION), bytes(COOKIE));
}

function setName(): Buffer {
  return renderCommand(COMMAND.setClientName, 1, properties({ "application.name": "Kasmix" }));
}

/** Milliseconds that wait in PulseAudio at most, and how many must be there before it begins, again after a gap. */
const BUFFER = 40;
const START = 30;
/** Milliseconds that it asks for at a time. */
const STEP = 10;

function createStream(sink: string): Buffer {
  const lasting = (milliseconds: number) => u32((milliseconds * 2 * VOICE.rate) / 1000);
  return renderCommand(
    COMMAND.createPlayback,
    CREATE_TAG,
    sampleFormat(VOICE.rate),
    MONO,
    u32(ANY),
    text(sink),
    lasting(2 * BUFFER),
    flag(false), // paused
    lasting(BUFFER),
    lasting(START),
    lasting(STEP),
    u32(0), // in step with no other stream
    FULL_VOLUME,
    // Channels, format and rate are the sink's already; it may be moved; it is not muted.
    ...Array.from({ length: 8 }, () => flag(false)),
    flag(true), // the sink is to be as quick as this buffer is short
    properties({ "media.name": "Voice from the browser" }),
  );
}
