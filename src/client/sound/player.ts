import { openDecoder } from "./decoder.ts";
import { openOutput } from "./output.ts";
import { createStream, type StreamFigures } from "./stream.ts";
import type { WorkletReport } from "./worklet.ts";

/**
 * Whether sound is off; waits for a click that the browser requires, until the desktop plays something (`waiting`) or
 * since (`blocked`); has no output device; or plays.
 */
export type Phase = "off" | "waiting" | "blocked" | "silent" | "playing";

/** Opus needs no more bytes for silence, of which the first half second is sent. */
const SILENCE = 8;

/** Milliseconds within which a browser that may play does. */
const START_PATIENCE = 3_000;

/** Plays the desktop's sound while it is on. */
export interface Player {
  /** The server records only while a listener has it on. */
  setOn(isOn: boolean): void;
  setVolume(volume: number): void;
  /** Call this while the browser handles a click or a key: only then may the sound begin. */
  allow(): void;
  /** The network is back. */
  retryNow(): void;
  /** The level of the output, from 0 to 1. */
  level(): number;
  readonly figures: StreamFigures;
}

export interface PlayerOptions {
  /** The WebSocket's address. */
  readonly address: string;
  onPhase(phase: Phase): void;
  onReport(report: WorkletReport): void;
}

/** Connects the stream, the decoder and the output. */
export async function createPlayer({ address, onPhase, onReport }: PlayerOptions): Promise<Player> {
  let isOn = false;
  let isSilent = false;
  let isMissed = false;
  const decoder = await openDecoder((block) => output.play(block));
  const stream = createStream(address, (packet) => {
    if (output.isRunning) decoder.decode(packet);
    else if (packet.data.length > SILENCE) {
      isMissed = true;
      settle();
    }
  });
  const output = await openOutput({ onReport, onRunning: () => settle() });
  const settle = () => {
    const isPlaying = isOn && output.isRunning;
    // Until the visitor has missed something, so that nobody is asked to turn on what is not there.
    if (isPlaying || (isOn && !isMissed)) stream.open();
    else stream.close();
    if (isPlaying) isSilent = isMissed = false;
    onPhase(isPlaying ? "playing" : !isOn ? "off" : isSilent ? "silent" : isMissed ? "blocked" : "waiting");
  };
  // A browser that refuses rejects the promise or leaves it pending; `onRunning` reports when it is allowed.
  const resume = () => void output.resume().catch(() => {});
  return {
    setOn(value) {
      isOn = value;
      if (isOn) resume();
      else void output.suspend();
      settle();
    },
    setVolume: output.setVolume,
    allow() {
      if (!isOn || output.isRunning) return;
      resume();
      // Firefox reports nothing and waits for an output device forever.
      if (!navigator.userActivation?.hasBeenActive) return;
      setTimeout(() => {
        isSilent = !output.isRunning;
        settle();
      }, START_PATIENCE);
    },
    retryNow: stream.retryNow,
    level: output.level,
    figures: stream.figures,
  };
}
