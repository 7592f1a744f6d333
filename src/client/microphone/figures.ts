import { VOICE } from "../../wire/microphone.ts";
import type { Surroundings } from "../feature.ts";
import { rateOf, renderBandwidth, renderMilliseconds } from "../rate.ts";
import { t } from "../translate.ts";
import type { VoiceFigures } from "./voice-sender.ts";

/**
 * Adds the microphone's figures to the statistics: what is sent, what waits for the network, and what was left out, while it
 * is on. Gives what is to be told the newest.
 */
export function addVoiceFigures(
  addFigure: Surroundings["addFigure"],
  isOn: () => boolean,
): (newest: VoiceFigures) => void {
  let figures: VoiceFigures = { bytes: 0, waiting: 0, leftOut: 0 };
  const bytes = rateOf(() => figures.bytes);
  addFigure(t("Microphone"), () => {
    const rate = bytes();
    return isOn() ? renderBandwidth(rate) : undefined;
  });
  addFigure(t("Microphone waits"), () =>
    isOn() ? renderMilliseconds(figures.waiting / (2 * VOICE.rate)) : undefined,
  );
  addFigure(t("Microphone left out"), () =>
    isOn() ? t("{count} packets", { count: figures.leftOut }) : undefined,
  );
  return (newest) => {
    figures = newest;
  };
}
