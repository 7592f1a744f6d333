import { setTimeout as delay } from "node:timers/promises";
import { busySeconds } from "../processes.ts";
import { type Cost, readCost } from "./cost.ts";
import type { Crowd } from "./crowd/crowd.ts";
import type { Ground } from "./subjects/container.ts";
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
  /** Processors that Kasmix's gateway and supervisor kept busy, and those that the browser did. */
  readonly gateway: number;
  readonly browser: number;
}

/** Seconds of one sample. */
const LENGTH = 2;

/** Takes `context.runs` samples, one after the other; without a view, nobody looks. */
export async function takeSamples(
  bench: Bench,
  ground: Ground,
  view?: View,
  crowd?: Crowd,
): Promise<Sample[]> {
  const { context } = bench;
  const samples: Sample[] = [];
  let before = await look(bench, ground, view, crowd);
  for (let run = 0; run < context.runs; run++) {
    await delay(LENGTH * 1000, undefined, { signal: context.signal });
    const after = await look(bench, ground, view, crowd);
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
  readonly gateway: number;
  readonly browser: number;
}

async function look({ painter }: Bench, ground: Ground, view?: View, crowd?: Crowd): Promise<Look> {
  const [drawn, others, cost, own, browser] = await Promise.all([
    painter.count(),
    crowd?.frames() ?? [],
    readCost(ground.pid),
    busySeconds([ground.gateway]),
    view?.browser.busy() ?? 0,
  ]);
  return {
    time: performance.now(),
    drawn,
    shown: view?.counter.shown ?? 0,
    others,
    cost,
    gateway: own,
    browser,
  };
}

function sampleBetween(before: Look, after: Look): Sample {
  const seconds = (after.time - before.time) / 1000;
  const rate = (read: (at: Look) => number) => (read(after) - read(before)) / seconds;
  const drawn = rate((at) => at.drawn);
  return {
    drawn,
    shown: rate(({ shown }) => shown),
    // A frame of a stream may repeat a picture, so no viewer has got more than were drawn.
    others: after.others.map((_, index) =>
      Math.min(
        drawn,
        rate(({ others }) => others[index] ?? 0),
      ),
    ),
    processor: rate(({ cost }) => cost.processor),
    bits: 8 * rate(({ cost }) => cost.sent),
    gateway: rate(({ gateway }) => gateway),
    browser: rate(({ browser }) => browser),
  };
}
