import { TAKEN_OVER } from "../../wire/microphone.ts";
import type { Capture } from "./capture.ts";
import type { LinkListener } from "./link.ts";

/** `starting`: the camera is being opened, and the browser may ask the visitor. */
export type CameraPhase = "off" | "starting" | "on";

/** Why it went off, where the visitor did not do it. */
export type CameraNote = "taken" | "refused" | "lost" | "ended" | "denied" | "missing" | "busy" | "failed";

/** What the camera needs. */
export interface CameraParts {
  openCapture(device: string | undefined, onEnd: () => void): Promise<Capture>;
  /** Shows what is recorded, from which `openLink` takes the pictures; undefined ends it. */
  preview(stream: MediaStream | undefined): void;
  openLink(listener: LinkListener): () => void;
  onState(phase: CameraPhase, note?: CameraNote): void;
}

/** The camera of this tab. It records only after a click; whatever ends it, it comes back only by another one. */
export interface Camera {
  readonly phase: CameraPhase;
  /** Id of the recording camera. */
  readonly device: string | undefined;
  /** Records from the camera with this id. Call it from a click: the browser may ask for permission. */
  turnOn(device: string | undefined): Promise<void>;
  turnOff(note?: CameraNote): void;
}

/** The close code for a message the server will never accept. */
const POLICY = 1008;

export function createCamera(parts: CameraParts): Camera {
  let phase: CameraPhase = "off";
  let capture: Capture | undefined;
  let closeLink = () => {};
  // Counts attempts: results of an earlier one are ignored.
  let turn = 0;
  const enter = (next: CameraPhase, note?: CameraNote) => {
    phase = next;
    parts.onState(next, note);
  };
  const stop = () => {
    turn += 1;
    closeLink();
    closeLink = () => {};
    capture?.stop();
    capture = undefined;
    parts.preview(undefined);
    return turn;
  };
  const turnOff = (note?: CameraNote) => {
    stop();
    enter("off", note);
  };
  const turnOn = async (device: string | undefined) => {
    const mine = stop();
    enter("starting");
    try {
      const opened = await parts.openCapture(device, () => mine === turn && turnOff("ended"));
      if (mine !== turn) return opened.stop();
      capture = opened;
    } catch (error) {
      if (mine === turn) turnOff(noteOf(error));
      return;
    }
    parts.preview(capture.stream);
    // Only now: without permission it must not take over from another tab.
    closeLink = parts.openLink({
      onOpen: () => enter("on"),
      onClose: (code) => turnOff(code === TAKEN_OVER ? "taken" : code === POLICY ? "refused" : "lost"),
    });
  };
  return {
    get phase() {
      return phase;
    },
    get device() {
      return capture?.device;
    },
    turnOn,
    turnOff,
  };
}

/** The note for an error of getUserMedia. */
function noteOf(error: unknown): CameraNote {
  const name = error instanceof Error ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "denied";
  if (name === "NotFoundError" || name === "OverconstrainedError") return "missing";
  return name === "NotReadableError" || name === "AbortError" ? "busy" : "failed";
}
