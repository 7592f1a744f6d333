import type { Surroundings } from "../feature.ts";
import { rateOf, renderBandwidth, renderMilliseconds } from "../rate.ts";
import { t } from "../translate.ts";
import type { StreamFigures } from "./stream.ts";
import type { WorkletReport } from "./worklet.ts";

/** Packets of sound in a second. */
const PACKETS = 100;

/**
 * Adds the sound's figures to the statistics: what comes, what is in store, and what was not heard, as packets that came too
 * late or did not come. `report` gives what the loudspeaker has told last, nothing while none is heard.
 */
export function addSoundFigures(
  addFigure: Surroundings["addFigure"],
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
