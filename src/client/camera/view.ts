import { element, setPressed, write } from "../dom.ts";
import { markTitle } from "../mark-title.ts";
import { announceQuestion } from "../permission.ts";
import { addSign } from "../sign.ts";
import { type Text, t, verbatim } from "../translate.ts";
import type { CameraNote, CameraPhase } from "./control.ts";

/** What the visitor can do. */
export interface ViewOptions {
  /** Group of the panel. */
  readonly group: HTMLElement;
  /** Turns it on, or off. */
  onToggle(): void;
  /** Another camera is chosen. */
  onDevice(device: string): void;
}

/** The camera's group in the panel and its sign over the desktop. */
export interface View {
  /** Plays what is recorded. */
  readonly video: HTMLVideoElement;
  show(phase: CameraPhase, note?: CameraNote): void;
  /** Offers the available cameras; `current` is the one in use. */
  offer(devices: readonly MediaDeviceInfo[], current: string | undefined): void;
}

export function createView({ group, onToggle, onDevice }: ViewOptions): View {
  const toggle = element("button", { type: "button", id: "camera-toggle", "aria-pressed": "false" });
  const video = element("video", { id: "camera-preview", "aria-label": t("What programs see"), hidden: "" });
  const note = element("p", { class: "hint", id: "camera-note", role: "status" });
  const device = element("select", { id: "camera-device" });
  const choice = element("label", { class: "choice", hidden: "" }, t("Camera"), device);
  const sign = addSign("camera-sign", t("Turn camera off"));
  // Not `autoplay`: what plays by that pauses while it is out of sight, as in the closed panel.
  video.muted = video.playsInline = true;
  const words = announceQuestion(
    "camera",
    "The browser will ask whether this page may use your camera. Programs on the desktop see you only while it is on.",
  );
  group.append(toggle, words, video, note, choice);
  for (const button of [toggle, sign]) button.addEventListener("click", onToggle);
  device.addEventListener("change", () => onDevice(device.value));
  return {
    video,
    show(phase, reason) {
      const isOff = phase === "off";
      setPressed(toggle, !isOff);
      write(toggle, t(isOff ? "Turn camera on" : "Turn camera off"));
      write(note, reason === undefined ? undefined : t(NOTES[reason]));
      video.hidden = phase !== "on";
      sign.hidden = isOff;
      sign.dataset.phase = phase;
      write(sign, isOff ? undefined : t(phase === "on" ? "Camera on" : "Camera starting"));
      markTitle("camera", !isOff);
    },
    offer(devices, current) {
      const options = devices.map(({ deviceId, label }) =>
        element("option", { value: deviceId }, verbatim(label)),
      );
      device.replaceChildren(...options);
      if (current !== undefined) device.value = current;
      choice.hidden = devices.length < 2;
    },
  };
}

const NOTES: Readonly<Record<CameraNote, Text>> = {
  taken: "Another tab or device shows its camera now. Turn yours on to show it again.",
  refused: "The desktop refused the camera. Reload the page and try again.",
  lost: "The connection was lost, and the camera went off with it.",
  ended: "The camera was disconnected, or the browser withdrew its permission.",
  denied: "The browser does not allow the camera. Allow it in the address bar, then turn it on again.",
  missing: "No camera was found.",
  busy: "The camera cannot be opened. Another program may be using it.",
  failed: "The camera could not be started.",
};
