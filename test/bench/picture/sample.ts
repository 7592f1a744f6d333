import { setTimeout as delay } from "node:timers/promises";
import { type Cost, readCost } from "./cost.ts";
import type { Crowd } from "./crowd/crowd.ts";
import type { Bench, View } from "./view.ts";

/** A stretch of some seconds. All rates are for one second. */
export interface Sample {
  /** Pictures that were drawn. */
  readonly drawn: number;
  /** Pictures that the browser showed; those that each other viewer got. */
  readonly shown: number;
  readonly others: readonly number[];
  /** Of the container: processors that were busy, and bits that it sent. */
  readonly processor: number;
  readonly bits: number;
  /** Processors that the browser kept busy. */
  readonly browser: number;
}

/** Seconds of one sample. */
const LENGTH = 2;

/** Takes `context.runs` samples, one after the other; without a view, nobody looks. */
export async function takeSamples(bench: Bench, pid: number, view?: View, crowd?: Crowd): Promise<Sample[]> {
  const { context } = bench;
  const samples: Sample[] = [];
  let before = await look(bench, pid, view, crowd);
  for (let run = 0; run < context.runs; run++) {
    await delay(LENGTH * 1000, undefined, { signal: context.signal });
    const after = await look(bench, pid, view, crowd);
    samples.push(sampleBetween(before, after));
    before = after;
  }
  return samples;
}

interface Look {
  /** Milliseconds. */
  readonly time: number;
  readonly drawn: number;
  readonly shown: number;
  readonly others: readonly number[];
  readonly cost: Cost;
  readonly busy: number;
}

async function look({ painter }: Bench, pid: number, view?: View, crowd?: Crowd): Promise<Look> {
  const [drawn, others, cost, busy] = await Promise.all([
    painter.count(),
    crowd?.frames() ?? [],
    readCost(pid),
    view?.browser.busy() ?? 0,
  ]);
  return { time: performance.now(), drawn, shown: view?.counter.shown ?? 0, others, cost, busy };
}

function sampleBetween(before: Look, after: Look): Sample {
  const seconds = (after.time - before.time) / 1000;
  const rate = (read: (at: Look) => number) => (read(after) - read(before)) / seconds;
  return {
    drawn: rate(({ drawn }) => drawn),
    shown: rate(({ shown }) => shown),
    others: after.others.map((_, index) => rate(({ others }) => others[index] ?? 0)),
    processor: rate(({ cost }) => cost.processor),
    bits: 8 * rate(({ cost }) => cost.sent),
    browser: rate(({ busy }) => busy),
  };
}
