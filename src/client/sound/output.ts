import { Flow } from "../../wire/flow.ts";
import { SOUND } from "../../wire/sound.ts";
import type { SoundBlock, WorkletReport } from "./worklet.ts";

/** Plays samples. */
export interface Output {
  play(block: SoundBlock): void;
  /** Asks the browser to start playing, which may need a click or a key press first. */
  resume(): Promise<void>;
  suspend(): Promise<void>;
  readonly isRunning: boolean;
  setVolume(volume: number): void;
  /** The level of the output, from 0 to 1. */
  level(): number;
}

export interface OutputOptions {
  onRunning(isRunning: boolean): void;
  onReport(report: WorkletReport): void;
}

/** Opens the loudspeaker: worklet, volume, meter. */
export async function openOutput({ onRunning, onReport }: OutputOptions): Promise<Output> {
  const context = new AudioContext({ sampleRate: SOUND.rate, latencyHint: "interactive" });
  await context.audioWorklet.addModule(new URL("./sound-worklet.js", document.baseURI));
  const worklet = new AudioWorkletNode(context, "kasmix-sound", {
    numberOfInputs: 0,
    outputChannelCount: [SOUND.channels],
  });
  const gain = new GainNode(context);
  const meter = new AnalyserNode(context, { fftSize: 1024 });
  worklet.connect(gain).connect(meter).connect(context.destination);
  // A suspended output consumes nothing, and its input would pile up.
  const flow = new Flow(SOUND.rate);
  worklet.port.onmessage = ({ data }: MessageEvent<WorkletReport>) => {
    flow.confirm(data.received);
    onReport(data);
  };
  context.addEventListener("statechange", () => onRunning(context.state === "running"));
  const wave = new Float32Array(meter.fftSize);
  return {
    play({ channels, position }) {
      if (context.state !== "running" || !flow.admits(channels[0]?.length)) return;
      worklet.port.postMessage({ channels, position } satisfies SoundBlock, channels.map(bufferOf));
    },
    resume: () => context.resume(),
    suspend: () => context.suspend(),
    get isRunning() {
      return context.state === "running";
    },
    setVolume(volume) {
      gain.gain.setTargetAtTime(volume, context.currentTime, 0.01);
    },
    level() {
      meter.getFloatTimeDomainData(wave);
      return Math.min(1, Math.max(...wave.map(Math.abs)));
    },
  };
}

function bufferOf({ buffer }: Float32Array<ArrayBuffer>): ArrayBuffer {
  return buffer;
}
