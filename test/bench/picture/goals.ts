import type { JudgedRow } from "../report.ts";

/** What Kasmix's own figure has to reach: a value, or so many times another's figure. */
export interface Goal {
  readonly limit: number;
  /** @default the value itself */
  readonly by?: string;
  /** Whether more is better. */
  readonly isLeast: boolean;
}

const atLeast = (limit: number, by?: string): Goal => ({
  limit,
  isLeast: true,
  ...(by === undefined ? {} : { by }),
});
const atMost = (limit: number, by?: string): Goal => ({
  limit,
  isLeast: false,
  ...(by === undefined ? {} : { by }),
});

/** By block and row of the table. */
const GOALS: Readonly<Record<string, Readonly<Record<string, Goal>>>> = {
  "scrolling text, 1 viewer": {
    "pictures/s in the browser": atLeast(2.5, "RFB"),
    "SSIM 300 ms later": atLeast(0.995),
  },
  "720p video, 1 viewer": {
    "pictures/s in the browser": atLeast(59),
    "processor, cores": atMost(0.4),
    "Mbit/s": atMost(0.5, "RFB"),
  },
  "1080p video, 1 viewer": {
    "pictures/s in the browser": atLeast(58),
    "processor, cores": atMost(0.75),
    "Mbit/s": atMost(0.5, "RFB"),
  },
  "4K video at 30/s, 1 viewer": { "pictures/s in the browser": atLeast(1, "RFB") },
  "720p video at 30/s, 20 viewers": {
    "pictures/s of the slowest other": atLeast(28),
    "gateway, cores": atMost(0.7),
  },
  "blinking caret, 1 viewer": { "processor, cores": atMost(0.03) },
  interruptions: {
    "picture is back after 5 s without network, ms": atMost(3_000),
    "picture is back after the encoder was killed, ms": atMost(1_000),
  },
  "key and click": { "key to picture, ms, p95": atMost(1, "RFB") },
};

export function goalFor(block: string, name: string): Goal | undefined {
  return GOALS[block]?.[name];
}

/** Whether a figure reaches a goal; nothing is said where a figure is missing. */
export function judgeGoal(
  { limit, isLeast }: Goal,
  own: number | undefined,
  /** The figure of whom the goal names; 1 where it names nobody. */
  other: number | undefined,
): Pick<JudgedRow, "met" | "missedBy"> {
  if (own === undefined || other === undefined) return {};
  const wanted = limit * other;
  if (isLeast ? own >= wanted : own <= wanted) return { met: true };
  return { met: false, missedBy: Math.abs(own / wanted - 1) };
}
