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

/** A playback stream of PulseAudio. */
export interface PulseStream {
  /** Bytes that PulseAudio has room for; the caller must not write more. */
  wanted(): number;
  write(samples: Buffer): void;
  close(): void;
}

export interface PulseStreamOptions {
  /** PulseAudio's socket. */
  readonly path: string;
  /** Name of the sink to play into. */
  readonly sink: string;
  /** PulseAudio accepts sound now. */
  readonly onReady: () => void;
  /** PulseAudio has room for more. */
  readonly onRequest: () => void;
  /** The stream has ended or failed; not called after `close`. */
  readonly onEnd: (reason: string) => void;
  /** Milliseconds for the set-up of the stream. @default 5000 */
  readonly patience?: number | undefined;
}

/** The protocol of PulseAudio 0.9.11, which later versions accept too. */
const VERSION = 13;
/** A client with the server's user id needs no valid cookie. */
const COOKIE = Buffer.alloc(256);
const ANY = 0xffff_ffff;
/** The first commands, in order; the tag of each is its index. */
const GREETING = [authenticate(), setName()] as const;
const CREATE_TAG = GREETING.length;

/**
 * Plays into a sink by PulseAudio's native protocol. PulseAudio's own programs read ahead from a pipe, which adds an
 * unknown delay; here PulseAudio says how many bytes it has room for, so that the delay is at most its buffer.
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
  const timer = setTimeout(() => fail("PulseAudio does not answer"), patience);
  socket.once("connect", () => socket.write(Buffer.concat([...GREETING, createStream(sink)])));
  socket.on("data", (chunk) => {
    try {
      for (const received of reader.push(chunk)) dialogue.take(received);
      if (dialogue.isReady) clearTimeout(timer);
    } catch (error) {
      fail(error);
    }
  });
  socket.on("error", fail);
  socket.on("close", () => {
    clearTimeout(timer);
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

/** The state of the conversation with PulseAudio. */
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
    if (command === COMMAND.error) throw new Error(`PulseAudio refuses with error ${first}`);
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

/** Milliseconds of PulseAudio's buffer, and of the sound that it waits for before it begins, also after a gap. */
const BUFFER = 40;
const START = 30;
/** Milliseconds of sound per request. */
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
    u32(0), // not synchronised with another stream
    FULL_VOLUME,
    // Flags: not the sink's channels, format or rate; may be moved; not muted.
    ...Array.from({ length: 8 }, () => flag(false)),
    flag(true), // adjust the sink's latency to this buffer
    properties({ "media.name": "Voice from the browser" }),
  );
}
