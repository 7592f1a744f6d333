import { CAMERA } from "../../wire/camera.ts";

/** A camera that records. */
export interface Capture {
  /** Id of the camera. */
  readonly device: string | undefined;
  readonly stream: MediaStream;
  stop(): void;
}

/**
 * Records from the camera with this id, or another one if it is missing; the browser asks the visitor if it has not yet.
 * Rejects as getUserMedia does. `onEnd`: the camera was unplugged, or its permission was withdrawn.
 */
export async function openCapture(device: string | undefined, onEnd: () => void): Promise<Capture> {
  const { width, height, rate } = CAMERA;
  const stream = await navigator.mediaDevices.getUserMedia({
    video: {
      width: { ideal: width },
      height: { ideal: height },
      frameRate: { ideal: rate },
      ...(device === undefined ? {} : { deviceId: { ideal: device } }),
    },
  });
  const [track] = stream.getVideoTracks();
  track?.addEventListener("ended", onEnd);
  return {
    device: track?.getSettings().deviceId,
    stream,
    stop() {
      track?.removeEventListener("ended", onEnd);
      for (const each of stream.getTracks()) each.stop();
    },
  };
}
