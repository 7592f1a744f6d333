import type { PauseReason, StreamReport } from "../../wire/screen.ts";
import type { FeatureContext } from "../feature.ts";
import { renderMilliseconds } from "../rate.ts";
import { type Text, t, verbatim, type Words } from "../translate.ts";
import type { Drawn } from "./messages.ts";
import { isFollowing, type Mode } from "./mode.ts";

/** What the figures are made of. */
export interface FigureSource {
  readonly mode: () => Mode;
  /** The stream, or why there is none. */
  readonly report: () => StreamReport | "off" | "impossible" | undefined;
}

/** Adds the stream's figures to the statistics; returns the function that takes each drawn frame. */
export function addStreamFigures(
  addFigure: FeatureContext["addFigure"],
  { mode, report }: FigureSource,
): (drawn: Drawn) => void {
  let [decoding, lag, dropped] = [createMean(), createMean(), 0];
  addFigure(t("Video"), () => renderStream(report(), mode()));
  addFigure(t("Decoding"), () => {
    const mean = decoding.take();
    return mean === undefined ? undefined : renderMilliseconds(mean / 1_000);
  });
  // The way from the desktop takes at least half of the way there and back; encoding is not in it.
  addFigure(t("Picture delay"), (latency) => {
    const mean = lag.take();
    return mean === undefined || latency === undefined
      ? undefined
      : renderMilliseconds(latency / 2 + mean / 1_000);
  });
  addFigure(t("Frames dropped"), () => (isFollowing(mode()) ? verbatim(String(dropped)) : undefined));
  return (drawn) => {
    decoding.add(drawn.decoding);
    lag.add(drawn.lag);
    dropped += drawn.dropped;
  };
}

const pauses: Readonly<Record<PauseReason | "off" | "impossible", Text>> = {
  slow: "none: the connection is too slow",
  codec: "none: it has a form now that this browser lacks",
  failed: "none: the desktop's encoder ended",
  off: "none: switched off",
  impossible: "none: this browser decodes no video, or the page has no https",
};

function renderStream(report: ReturnType<FigureSource["report"]>, mode: Mode): Words | undefined {
  if (report === undefined) return undefined;
  if (typeof report === "string") return t(pauses[report]);
  if ("paused" in report) return t(pauses[report.paused] ?? pauses.failed);
  const stream = { codec: codecName(report.codec), encoder: report.encoder };
  return mode === "still"
    ? t("{codec} ({encoder}), now exact pixels", stream)
    : verbatim(`${stream.codec} (${stream.encoder})`);
}

/** The usual name for one of WebCodecs'. */
export function codecName(codec: string): string {
  const [family = ""] = codec.split(".", 1);
  // Profile 244 is the one with a colour for each pixel.
  if (family === "avc1") return codec.startsWith("avc1.F4") ? "H.264 4:4:4" : "H.264";
  return { av01: "AV1", vp09: "VP9", vp8: "VP8" }[family] ?? codec;
}

/** The mean of what was added since it was last taken. */
function createMean() {
  let [sum, count] = [0, 0];
  return {
    add(value: number): void {
      sum += value;
      count += 1;
    },
    take(): number | undefined {
      const mean = count === 0 ? undefined : sum / count;
      [sum, count] = [0, 0];
      return mean;
    },
  };
}
