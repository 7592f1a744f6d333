/** Which microphone, and how to process it. */
export interface CaptureOptions {
  /** The microphone's id; another one is used when it is missing. @default the browser's choice */
  readonly device: string | undefined;
  /** Whether the browser removes noise and echo and evens out the level: good for speech, bad for music. */
  readonly processed: boolean;
}

export interface CaptureListener {
  /** The peak of the last 10 ms, between 0 and 1. */
  onPeak(peak: number): void;
  /** The microphone was unplugged, or its permission was withdrawn. */
  onEnd(): void;
}

/** A recording microphone. */
export interface Capture {
  /** Id of the microphone. */
  readonly device: string | undefined;
  /** The port its messages for the server come from. */
  readonly port: MessagePort;
  stop(): void;
}

/** The browser requires a click first. */
export class ClickNeeded extends Error {}

/** Milliseconds within which sound starts where the browser allows it. */
const START_PATIENCE = 2_000;

/** Records from a microphone; the browser asks the visitor if it has not yet. Rejects as getUserMedia does. */
export async function openCapture(preference: CaptureOptions, listener: CaptureListener): Promise<Capture> {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: constraintsOf(preference) });
  // Uses the device's own rate: Firefox does not connect a stream to a context of another rate, and the worklet
  // converts anyway.
  const context = new AudioContext({ latencyHint: "interactive" });
  const [track] = stream.getAudioTracks();
  const { port1: port, port2: end } = new MessageChannel();
  const stop = () => {
    context.onstatechange = null;
    track?.removeEventListener("ended", listener.onEnd);
    for (const each of stream.getTracks()) each.stop();
    void context.close().catch(() => {});
  };
  try {
    await context.audioWorklet.addModule("microphone-worklet.js");
    context.createMediaStreamSource(stream).connect(createVoice(context, end, listener));
    await running(context);
  } catch (error) {
    stop();
    throw error;
  }
  track?.addEventListener("ended", listener.onEnd);
  // A phone call, for example, interrupts the sound without ending the track. Set only now, because Firefox reports
  // the start late.
  context.onstatechange = () => {
    if (context.state !== "running") listener.onEnd();
  };
  return { device: track?.getSettings().deviceId, port, stop };
}

function createVoice(
  context: AudioContext,
  port: MessagePort,
  { onPeak }: CaptureListener,
): AudioWorkletNode {
  const voice = new AudioWorkletNode(context, "kasmix-voice", { numberOfInputs: 1, numberOfOutputs: 0 });
  voice.port.onmessage = ({ data }) => onPeak(data);
  voice.port.postMessage(port, [port]);
  return voice;
}

function constraintsOf({ device, processed }: CaptureOptions): MediaTrackConstraints {
  return {
    channelCount: { ideal: 1 },
    echoCancellation: processed,
    noiseSuppression: processed,
    autoGainControl: processed,
    ...(device === undefined ? {} : { deviceId: { ideal: device } }),
  };
}

/** Before a click `resume` neither succeeds nor fails. */
async function running(context: AudioContext): Promise<void> {
  const patience = new Promise((resolve) => setTimeout(resolve, START_PATIENCE));
  await Promise.race([context.resume(), patience]);
  if (context.state !== "running") throw new ClickNeeded();
}
