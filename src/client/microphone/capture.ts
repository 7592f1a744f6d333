/** Which microphone, and how. */
export interface CaptureWish {
  /** Its id; another is taken where it is gone. @default the browser's choice */
  readonly device: string | undefined;
  /** Whether the browser takes noise and echo away and evens out the level: good for speech, bad for music. */
  readonly processed: boolean;
}

export interface CaptureListener {
  /** How loud the last hundredth of a second was at its loudest, between 0 and 1. */
  onPeak(peak: number): void;
  /** The microphone is gone: unplugged, or its permission was taken back. */
  onEnd(): void;
}

/** A microphone that records. */
export interface Capture {
  /** Id of the microphone that it is. */
  readonly device: string | undefined;
  /** Where its messages for the server come from. */
  readonly way: MessagePort;
  stop(): void;
}

/** The browser lets nothing run before the visitor has clicked. */
export class ClickNeeded extends Error {}

/** Milliseconds in which sound runs where the browser lets it. */
const START_PATIENCE = 2_000;

/** Records from a microphone; the browser asks the visitor if it has not yet. Rejects as getUserMedia does. */
export async function openCapture(wish: CaptureWish, listener: CaptureListener): Promise<Capture> {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: constraintsOf(wish) });
  // At the rate of the device: Firefox joins no stream to a context of another rate, and the worklet converts anyway.
  const context = new AudioContext({ latencyHint: "interactive" });
  const [track] = stream.getAudioTracks();
  const { port1: way, port2: end } = new MessageChannel();
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
  // A telephone call, for one, takes the sound away and does not tell the track. Firefox tells only now that it runs.
  context.onstatechange = () => {
    if (context.state !== "running") listener.onEnd();
  };
  return { device: track?.getSettings().deviceId, way, stop };
}

function createVoice(context: AudioContext, way: MessagePort, { onPeak }: CaptureListener): AudioWorkletNode {
  const voice = new AudioWorkletNode(context, "kasmix-voice", { numberOfInputs: 1, numberOfOutputs: 0 });
  voice.port.onmessage = ({ data }) => onPeak(data);
  voice.port.postMessage(way, [way]);
  return voice;
}

function constraintsOf({ device, processed }: CaptureWish): MediaTrackConstraints {
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
