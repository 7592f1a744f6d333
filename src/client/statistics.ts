import { byId, element } from "./dom.ts";
import type { Session } from "./session.ts";
import { t, verbatim, type Words } from "./translate.ts";

/** What the figures are made from. */
export interface StatisticsOptions {
  readonly session: () => Session | null;
  /** Bytes that the desktop has sent since the page was loaded. */
  readonly received: () => number;
  /** An address that answers at once. */
  readonly ping: string;
}

/** A figure: its name, and its value of now, or nothing when there is none. */
type Figure = readonly [name: Words, read: () => Words | undefined];

/** Milliseconds between two looks, made only while somebody sees them. */
const INTERVAL = 1_000;

/** The section with frames, latency and bandwidth; gives what adds a figure of another part of the client. */
export function setUpStatistics(options: StatisticsOptions) {
  const details = byId("statistics", HTMLDetailsElement);
  const list = byId("figures", HTMLDListElement);
  const extra: Figure[] = [];
  let sample = takeSample(options);
  let latency: number | undefined;
  const update = async () => {
    if (!details.open || !details.checkVisibility()) return;
    const before = sample;
    sample = takeSample(options);
    latency = await measureLatency(options.ping);
    const figures: Figure[] = [
      [t("Frames"), () => t("{value} a second", { value: rate(before, sample, "frames").toFixed(0) })],
      [t("Latency"), () => (latency === undefined ? undefined : verbatim(`${latency.toFixed(0)} ms`))],
      [t("Bandwidth"), () => renderBandwidth(rate(before, sample, "bytes"))],
      ...extra,
    ];
    list.replaceChildren(
      ...figures.flatMap(([name, read]) => [
        element("dt", {}, name),
        element("dd", {}, read() ?? verbatim("–")),
      ]),
    );
  };
  setInterval(() => void update(), INTERVAL);
  details.addEventListener("toggle", () => {
    sample = takeSample(options);
  });
  return (name: Words, read: () => Words | undefined) => void extra.push([name, read]);
}

interface Sample {
  readonly time: number;
  readonly frames: number;
  readonly bytes: number;
}

function takeSample({ session, received }: StatisticsOptions): Sample {
  return { time: performance.now(), frames: session()?.frames ?? 0, bytes: received() };
}

/** Bytes a second as megabits or kilobits a second. */
export function renderBandwidth(bytes: number): Words {
  const bits = 8 * bytes;
  return verbatim(
    bits < 1_000_000 ? `${(bits / 1_000).toFixed(0)} kbit/s` : `${(bits / 1_000_000).toFixed(1)} Mbit/s`,
  );
}

/** A new session counts its frames from nothing. */
function rate(before: Sample, now: Sample, key: "frames" | "bytes"): number {
  const seconds = (now.time - before.time) / 1000;
  return seconds > 0 ? Math.max(0, now[key] - before[key]) / seconds : 0;
}

/** Milliseconds to the gateway and back; undefined without an answer. */
async function measureLatency(address: string): Promise<number | undefined> {
  const begin = performance.now();
  try {
    await fetch(address, { cache: "no-store", signal: AbortSignal.timeout(5 * INTERVAL) });
    return performance.now() - begin;
  } catch {
    return undefined;
  }
}
