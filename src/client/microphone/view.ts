import { element, setPressed, write } from "../dom.ts";
import { markTitle } from "../mark-title.ts";
import { announceQuestion } from "../permission.ts";
import { addSign } from "../sign.ts";
import { type Text, t, verbatim } from "../translate.ts";
import type { CaptureOptions } from "./capture.ts";
import type { MicrophoneNote, MicrophonePhase, MicrophoneState } from "./control.ts";

/** What the visitor can do. */
export interface ViewOptions {
  /** Group of the panel. */
  readonly group: HTMLElement;
  readonly preference: CaptureOptions;
  /** Turns it on, or off. */
  onToggle(): void;
  onPreference(preference: CaptureOptions): void;
}

/** The microphone's group in the panel and its indicator over the desktop. */
export interface View {
  show(state: MicrophoneState): void;
  /** Shows the level, between 0 and 1. */
  level(peak: number): void;
  /** Offers the available microphones; `current` is the one in use. */
  offer(devices: readonly MediaDeviceInfo[], current: string | undefined): void;
}

export function createView({ group, preference, onToggle, onPreference }: ViewOptions): View {
  const { toggle, meter, note, device, processed, sign } = createElements();
  const choice = element("label", { class: "choice", hidden: "" }, t("Input"), device);
  const treatment = element(
    "label",
    { class: "switch" },
    element("span", {}, t("Reduce noise and echo")),
    processed,
  );
  processed.checked = preference.processed;
  const words = announceQuestion(
    "microphone",
    "The browser will ask whether this page may use your microphone. Programs on the desktop hear you only while it is on.",
  );
  group.append(toggle, words, meter, note, choice, treatment);
  for (const button of [toggle, sign]) button.addEventListener("click", onToggle);
  // The one in use may differ from the choice, which may be unplugged.
  let chosen = preference.device;
  const tell = () => onPreference({ device: chosen, processed: processed.checked });
  processed.addEventListener("change", tell);
  device.addEventListener("change", () => {
    chosen = device.value;
    tell();
  });
  return {
    show({ phase, note: reason }) {
      const isOff = phase === "off";
      setPressed(toggle, !isOff);
      write(toggle, t(isOff ? "Turn microphone on" : "Turn microphone off"));
      meter.hidden = phase !== "on";
      write(note, reason === undefined ? undefined : t(NOTES[reason]));
      sign.hidden = isOff;
      sign.dataset.phase = phase;
      write(sign, phase === "off" ? undefined : t(SIGNS[phase]));
      markTitle("microphone", phase === "starting" || phase === "on");
    },
    level: createMeter(meter),
    offer(devices, current) {
      const options = devices.map(({ deviceId, label }) =>
        element("option", { value: deviceId }, verbatim(label)),
      );
      device.replaceChildren(...options);
      device.value = current ?? chosen ?? "";
      choice.hidden = devices.length < 2;
    },
  };
}

function createElements() {
  return {
    toggle: element("button", { type: "button", id: "microphone-toggle", "aria-pressed": "false" }),
    meter: element("meter", { id: "microphone-level", min: "0", max: "1", "aria-label": t("Input level") }),
    note: element("p", { class: "hint", id: "microphone-note", role: "status" }),
    device: element("select", { id: "microphone-device" }),
    processed: element("input", { type: "checkbox", id: "microphone-processed" }),
    sign: addSign("microphone-sign", t("Turn microphone off")),
  };
}

/** The text over the desktop. */
const SIGNS: Readonly<Record<Exclude<MicrophonePhase, "off">, Text>> = {
  starting: "Microphone starting",
  on: "Microphone on",
  waiting: "Microphone paused",
};

const NOTES: Readonly<Record<MicrophoneNote, Text>> = {
  taken: "Another tab or device uses the microphone now. Turn it on to speak here again.",
  refused: "The desktop refused the microphone. Reload the page and try again.",
  lost: "The connection was lost. The microphone returns with it while this page is visible.",
  unheard: "The desktop's sound system is not ready yet. Nobody can hear you until it is.",
  unplugged: "Your microphone was disconnected. Another one is in use now.",
  withdrawn: "The browser withdrew its permission for the microphone.",
  click: "Turn the microphone on to continue.",
  denied: "The browser does not allow the microphone. Allow it in the address bar, then turn it on again.",
  missing: "No microphone was found.",
  busy: "The microphone cannot be opened. Another program may be using it.",
  failed: "The microphone could not be started.",
};

/** How far the meter falls at each frame, so that it can be read. */
const FALL = 0.9;

/** A meter in decibels of the peak since the last frame. */
function createMeter(meter: HTMLMeterElement): (peak: number) => void {
  let peak = 0;
  let isAsked = false;
  const paint = () => {
    isAsked = false;
    meter.value = peak === 0 ? 0 : Math.max(0, 1 + Math.log10(peak) / 3);
    peak *= FALL;
  };
  return (now) => {
    peak = Math.max(peak, now);
    if (!isAsked) requestAnimationFrame(paint);
    isAsked = true;
  };
}
