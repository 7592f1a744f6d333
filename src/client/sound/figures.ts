import type { FeatureContext } from "../feature.ts";
import { rateOf, renderBandwidth, renderMilliseconds } from "../rate.ts";
import { t } from "../translate.ts";
import type { StreamFigures } from "./stream.ts";
import type { WorkletReport } from "./worklet.ts";

/** Packets of sound per second. */
const PACKETS = 100;

/**
 * Adds the sound's figures to the statistics: bandwidth, buffer, and packets that were late or missing. `report`
 * returns the worklet's last report, or nothing while no sound plays.
 */
export function addSoundFigures(
  addFigure: FeatureContext["addFigure"],
  figures: StreamFigures,
  report: () => WorkletReport | undefined,
): void {
  const bytes = rateOf(() => figures.bytes);
  addFigure(t("Sound"), () => {
    const rate = bytes();
    return report() && renderBandwidth(rate);
  });
  addFigure(t("Buffer"), () => {
    const now = report();
    return now && renderMilliseconds(now.buffered);
  });
  addFigure(t("Sound lost"), () => {
    const now = report();
    const late = Math.round((now?.skipped ?? 0) * PACKETS);
    return now && t("{late} packets late, {missing} missing", { late, missing: figures.missing });
  });
}
