import { element, write } from "../dom.ts";
import { type Text, t, type Words } from "../translate.ts";
import type { SoundChoice } from "./choice.ts";
import type { Phase } from "./player.ts";
import type { WorkletReport } from "./worklet.ts";

export interface ViewOptions {
  /** The group of the panel to fill. */
  readonly group: HTMLElement;
  readonly choice: SoundChoice;
  onChoice(choice: SoundChoice): void;
  /** The visitor clicked the button that the browser's rule requires. */
  onAllow(): void;
  /** The level of the output, from 0 to 1. */
  level(): number;
}

/** The part of the panel, and the button for browsers that require a click before they play. */
export function createView({ group, choice, onChoice, onAllow, level }: ViewOptions) {
  const box = element("input", { type: "checkbox", id: "sound-on" });
  const slider = element("input", { type: "range", id: "sound-volume", min: "0", max: "100", step: "1" });
  const output = element("output", { for: "sound-volume" });
  const label = element(
    "label",
    { class: "slider", for: "sound-volume" },
    element("span", {}, t("Volume")),
    output,
  );
  const meter = element("div", { class: "sound-level", role: "meter", "aria-label": t("Level") });
  const note = element("p", { class: "hint" });
  const allow = element(
    "button",
    { type: "button", id: "sound-allow", class: "primary" },
    t("Turn sound on"),
  );
  group.append(
    element("label", { class: "switch" }, element("span", {}, t("Play the desktop's sound")), box),
    element("div", {}, label, slider),
    ...[meter, note],
  );
  allow.hidden = true;
  document.body.append(allow);
  const bar = meter.appendChild(element("div"));
  box.checked = choice.isOn;
  slider.valueAsNumber = choice.volume;
  output.value = `${choice.volume} %`;
  const change = () => {
    output.value = `${slider.value} %`;
    onChoice({ isOn: box.checked, volume: slider.valueAsNumber });
  };
  box.addEventListener("change", change);
  slider.addEventListener("input", change);
  allow.addEventListener("click", onAllow);
  setInterval(() => {
    if (meter.offsetParent !== null) showLevel(meter, bar, level());
  }, 100);
  return {
    showPhase(phase: Phase): void {
      allow.hidden = phase !== "blocked";
      write(note, t(notes[phase]));
    },
    showReport({ buffered }: WorkletReport): void {
      write(note, t("Playing, {milliseconds} ms buffered", { milliseconds: Math.round(buffered * 1000) }));
    },
    showFault(reason: Words): void {
      for (const row of group.querySelectorAll(":scope > :not(h2)")) row.remove();
      group.append(element("p", { class: "hint" }, reason));
    },
  };
}
export type View = ReturnType<typeof createView>;

const notes: Readonly<Record<Phase, Text>> = {
  off: "Off: nothing is sent.",
  waiting: "Your browser plays sound only after you click or type here.",
  blocked: "Your browser plays sound only after you click or type here.",
  silent: "Your browser plays nothing: this computer may have no loudspeaker.",
  playing: "Playing",
};

/** The level is shown in decibels, from -60 to 0. */
function showLevel(meter: HTMLElement, bar: HTMLElement, level: number): void {
  const share = Math.max(0, 1 + (20 * Math.log10(Math.max(level, 1e-6))) / 60);
  meter.setAttribute("aria-valuenow", String(Math.round(share * 100)));
  bar.style.scale = `${share} 1`;
}
