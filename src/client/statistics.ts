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

/** Milliseconds between two updates, made only while the figures are visible. */
const INTERVAL = 1_000;

/**
 * The group with frames, latency and bandwidth; returns a function that adds a figure of another part of the
 * client.
 */
export function setUpStatistics({ session, received, ping }: StatisticsOptions): AddFigure {
  const list = byId("figures", HTMLDListElement);
  const frames = rateOf(() => session()?.frames ?? 0);
  const bytes = rateOf(() => received() + (session()?.streamed ?? 0));
  const figures: Figure[] = [
    [t("Frames"), () => t("{value} per second", { value: frames().toFixed(0) })],
    [t("Latency"), (latency) => (latency === undefined ? undefined : renderMilliseconds(latency))],
    [t("Bandwidth"), () => renderBandwidth(bytes())],
  ];
  let wasShown = false;
  const update = async () => {
    const [isFirst, isShown] = [!wasShown, list.checkVisibility()];
    wasShown = isShown;
    if (!isShown) return;
    const latency = await measureLatency(ping);
    const rows = figures.map(([name, read]) => {
      const value = read(latency);
      // The first second would include what was counted while nobody looked.
      return [element("dt", {}, name), element("dd", {}, (isFirst ? undefined : value) ?? verbatim("–"))];
    });
    list.replaceChildren(...rows.flat());
  };
  setInterval(() => void update(), INTERVAL);
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
