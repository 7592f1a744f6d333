import type { Log } from "../log/log.ts";
import { VOICE_SINK } from "./modules.ts";
import { openPulseStream, type PulseStream } from "./pulse-stream.ts";
import { VoiceQueue } from "./voice-queue.ts";

/** A speaker's voice on its way to the apps. */
export interface Voice {
  /** Plays samples; drops some when PulseAudio does not keep up. */
  push(samples: Buffer): void;
  /** Dropped bytes. */
  dropped(): number;
  close(): void;
}

export interface VoiceOptions {
  /** PulseAudio's socket. */
  readonly path: string;
  readonly log: Log;
  /** Called when PulseAudio begins or stops accepting the voice. */
  readonly onHeard: (heard: boolean) => void;
  /** See `PulseStreamOptions`. */
  readonly patience?: number | undefined;
}

/** Milliseconds until PulseAudio is tried again: first and longest. */
const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 4_000;

/** Plays a voice until it is closed, across restarts of PulseAudio. */
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
    // Sound from before the connection is too late.
    queue.take(queue.length);
    tell(true);
  };
  const onEnd = (reason: string) => {
    // Logged once, not at each attempt.
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

/** Calls the listener only with changed values. */
function onChange(listener: (value: boolean) => void): (value: boolean) => void {
  let last: boolean | undefined;
  return (value) => {
    if (value !== last) listener(value);
    last = value;
  };
}

const UNHEARD = "Apps hear silence until Kasmix has reconnected.";
