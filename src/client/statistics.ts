import { byId, element } from "./dom.ts";
import { rateOf, renderBandwidth, renderMilliseconds } from "./rate.ts";
import type { Session } from "./session.ts";
import { t, verbatim, type Words } from "./translate.ts";

/** Where the figures come from. */
export interface StatisticsOptions {
  readonly session: () => Session | null;
  /** Bytes received from the desktop since the page was loaded. */
  readonly received: () => number;
  /** An address that answers at once. */
  readonly ping: string;
}

/** A figure: its name and its current value, or undefined. `latency`: seconds to the gateway and back, if known. */
type Figure = readonly [name: Words, read: (latency?: number) => Words | undefined];

/** Adds a figure. */
export type AddFigure = (...figure: Figure) => void;

/** Milliseconds between two updates, made only while the section is visible. */
const INTERVAL = 1_000;

/**
 * The section with frames, latency and bandwidth; returns a function that adds a figure of another part of the
 * client.
 */
export function setUpStatistics({ session, received, ping }: StatisticsOptions): AddFigure {
  const details = byId("statistics", HTMLDetailsElement);
  const list = byId("figures", HTMLDListElement);
  const frames = rateOf(() => session()?.frames ?? 0);
  const bytes = rateOf(() => received() + (session()?.streamed ?? 0));
  const figures: Figure[] = [
    [t("Frames"), () => t("{value} per second", { value: frames().toFixed(0) })],
    [t("Latency"), (latency) => (latency === undefined ? undefined : renderMilliseconds(latency))],
    [t("Bandwidth"), () => renderBandwidth(bytes())],
  ];
  const update = async () => {
    if (!details.open || !details.checkVisibility()) return;
    const latency = await measureLatency(ping);
    list.replaceChildren(
      ...figures.flatMap(([name, read]) => [
        element("dt", {}, name),
        element("dd", {}, read(latency) ?? verbatim("–")),
      ]),
    );
  };
  setInterval(() => void update(), INTERVAL);
  // The first second must not include what was counted while the section was closed.
  details.addEventListener("toggle", () => {
    for (const [, read] of figures) read();
  });
  return (...figure) => void figures.push(figure);
}

/** Seconds to the gateway and back; undefined without an answer. */
async function measureLatency(address: string): Promise<number | undefined> {
  const begin = performance.now();
  try {
    await fetch(address, { cache: "no-store", signal: AbortSignal.timeout(5 * INTERVAL) });
    return (performance.now() - begin) / 1_000;
  } catch {
    return undefined;
  }
}
