import type { Log } from "../log/log.ts";
import { VOICE_SINK } from "./modules.ts";
import { openPulseStream, type PulseStream } from "./pulse-stream.ts";
import { VoiceQueue } from "./voice-queue.ts";

/** One speaker's voice on its way to the apps. */
export interface Voice {
  /** Plays samples, or drops some where PulseAudio does not keep up. */
  push(samples: Buffer): void;
  /** Bytes that were left out so far. */
  dropped(): number;
  close(): void;
}

export interface VoiceOptions {
  /** PulseAudio's socket. */
  readonly path: string;
  readonly log: Log;
  /** Tells whenever PulseAudio begins or ceases to take the voice. */
  readonly onHeard: (heard: boolean) => void;
  /** Milliseconds until PulseAudio has to be ready. @default 5000 */
  readonly patience?: number | undefined;
}

/** Milliseconds before PulseAudio is tried again: the first pause, and the longest. */
const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 4_000;

/** Plays a voice for as long as it is open, however often PulseAudio goes and comes back. */
export function openVoice({ path, log, onHeard, patience }: VoiceOptions): Voice {
  const queue = new VoiceQueue();
  let stream: PulseStream | undefined;
  let timer: NodeJS.Timeout | undefined;
  let pause = FIRST_PAUSE;
  const tell = onChange(onHeard);
  const pump = () => {
    while (stream !== undefined && queue.length > 0 && stream.wanted() > 1) {
      stream.write(queue.take(stream.wanted()));
    }
  };
  const onReady = () => {
    pause = FIRST_PAUSE;
    // What was said before anybody could hear it is late by now.
    queue.take(queue.length);
    tell(true);
  };
  const onEnd = (reason: string) => {
    // Said once, not at each attempt.
    if (pause === FIRST_PAUSE) log.warn({ event: "microphone.unheard", message: `${reason}. ${UNHEARD}` });
    tell(false);
    timer = setTimeout(dial, pause);
    pause = Math.min(2 * pause, LONGEST_PAUSE);
  };
  const dial = () => {
    stream = openPulseStream({ path, sink: VOICE_SINK, onReady, onRequest: pump, onEnd, patience });
  };
  dial();
  return {
    push(samples) {
      queue.push(samples);
      pump();
    },
    dropped: () => queue.dropped,
    close() {
      clearTimeout(timer);
      stream?.close();
    },
  };
}

/** Calls on when it is told something else than before. */
function onChange(listener: (value: boolean) => void): (value: boolean) => void {
  let last: boolean | undefined;
  return (value) => {
    if (value !== last) listener(value);
    last = value;
  };
}

const UNHEARD = "Apps hear silence until it is back; it is tried again.";
