import { VOICE } from "../../wire/microphone.ts";
import type { FeatureContext } from "../feature.ts";
import { rateOf, renderBandwidth, renderMilliseconds } from "../rate.ts";
import { t } from "../translate.ts";
import type { VoiceFigures } from "./voice-sender.ts";

/**
 * Adds the microphone's figures to the statistics: bandwidth, queue and dropped messages, while it is on. Returns
 * the function that takes new figures.
 */
export function addVoiceFigures(
  addFigure: FeatureContext["addFigure"],
  isOn: () => boolean,
): (newest: VoiceFigures) => void {
  let figures: VoiceFigures = { bytes: 0, waiting: 0, dropped: 0 };
  const bytes = rateOf(() => figures.bytes);
  addFigure(t("Microphone"), () => {
    const rate = bytes();
    return isOn() ? renderBandwidth(rate) : undefined;
  });
  addFigure(t("Microphone queue"), () =>
    isOn() ? renderMilliseconds(figures.waiting / (2 * VOICE.rate)) : undefined,
  );
  addFigure(t("Dropped"), () => (isOn() ? t("{count} packets", { count: figures.dropped }) : undefined));
  return (newest) => {
    figures = newest;
  };
}
