/** The format of microphone messages to the container; docs/internals/messages.md describes it for other clients. */
export const VOICE = {
  /** First byte of every message. */
  version: 1,
  /** Samples per second, in one channel. */
  rate: 48_000,
  /** Bytes before the samples: version, kind, and a 16-bit number that counts the messages. */
  header: 4,
  /** The only kind of message so far, its second byte: signed 16-bit samples, the low byte first. */
  samples: 1,
  /** Most samples of one message: 100 ms. */
  longest: 4_800,
} as const;

/** The WebSocket close code for a speaker that another one replaced. */
export const TAKEN_OVER = 4000;

/** The JSON message to a speaker, at first and at every change. */
export interface VoiceReport {
  readonly version: number;
  /** Whether the voice reaches the desktop's sound system. */
  readonly heard: boolean;
}
