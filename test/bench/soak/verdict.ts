import { MIB } from "../context.ts";
import { renderCellTable } from "../report.ts";
import { slope } from "../statistics.ts";
import type { Attempts } from "./attempts.ts";

/** The result of a soak. */
export interface Soak {
  readonly minutes: number;
  /** The container as the engine knows it, before the first kill and at the end. */
  readonly before: Identity;
  readonly after: Identity;
  /** Zombie processes at the end. */
  readonly zombies: number;
  readonly execs: Attempts;
  /** Questions to the gateway. */
  readonly answers: Attempts;
  /** Seconds from the last kill until every service was ready, or until patience ended. */
  readonly rest: number;
  /** By service; its own deaths count only as restarts. */
  readonly kills: Readonly<Record<string, number>>;
  readonly restarts: Readonly<Record<string, number>>;
  /** At the end. */
  readonly statuses: Readonly<Record<string, string>>;
  /** The supervisor's resident memory in bytes, once a second. */
  readonly memory: readonly { readonly minute: number; readonly rss: number }[];
}

interface Identity {
  readonly id: string;
  readonly startedAt: string;
  readonly restartCount: number;
}

/** One thing that a soak has to show. */
export interface Check {
  readonly name: string;
  readonly found: string;
  readonly wanted: string;
  /** Absent where the soak was too short to judge. */
  readonly met?: boolean;
}

/** Minutes in which caches and the bounded journal fill. */
const WARM_UP = 5;

/** Minutes of samples below which a slope says nothing. */
const SHORTEST = 5;

/**
 * kB a minute. A supervisor that forgot to free 2 kB with each kill would rise faster; what is less cannot be told from
 * the comings and goings of the garbage collector within a quarter of an hour.
 */
const FLAT = 100;

/** How the supervisor's memory went after the warm-up; in a soak that is shorter than that, from the start on. */
export function memoryTrend({ memory }: Pick<Soak, "memory">) {
  const last = memory.at(-1)?.minute ?? 0;
  const longEnough = last >= WARM_UP + SHORTEST;
  const points = memory
    .filter(({ minute }) => !longEnough || minute >= WARM_UP)
    .map(({ minute, rss }) => ({ x: minute, y: rss / 1024 }));
  return { longEnough, slope: slope(points), first: points[0]?.y ?? 0, last: points.at(-1)?.y ?? 0 };
}

/** Every check of a soak with its result. */
export function checkSoak(soak: Soak): Check[] {
  const { before, after, zombies, statuses, execs, answers, rest } = soak;
  const same = before.id === after.id && before.startedAt === after.startedAt;
  const late = Object.entries(statuses).filter(([, status]) => status !== "ready");
  const all = Object.keys(statuses).length;
  return [
    { name: "container", found: same ? "the same" : "another", wanted: "the same", met: same },
    exactly("RestartCount", after.restartCount, 0),
    exactly("zombies", zombies, 0),
    {
      name: "services ready again",
      found:
        late.length === 0
          ? `all ${all} after ${rest.toFixed(0)} s`
          : late.map((pair) => pair.join(" ")).join(", "),
      wanted: `all ${all}`,
      met: all > 0 && late.length === 0,
    },
    always("docker exec", execs),
    always("gateway answers", answers),
    checkMemory(soak),
  ];
}

/** The checks that failed, for people; empty when none did. */
export function renderFailures(checks: readonly Check[]): string {
  const failed = checks.filter(({ met }) => met === false);
  const each = failed.map(({ name, found, wanted }) => `${name}: ${found} instead of ${wanted}`);
  return each.length === 0 ? "" : `The soak failed. ${each.join("; ")}.`;
}

/** Two tables: the checks, and the killed services. */
export function renderSoak(soak: Soak): string {
  const checks = checkSoak(soak).map(({ name, found, wanted, met }) => {
    return [name, found, wanted, met === undefined ? "too short to judge" : met ? "met" : "FAILED"];
  });
  const names = [...new Set([...Object.keys(soak.restarts), ...Object.keys(soak.kills)])];
  const count = (counts: Readonly<Record<string, number>>, name: string) => `${counts[name] ?? 0}`;
  const total = (counts: Readonly<Record<string, number>>) =>
    `${Object.values(counts).reduce((sum, one) => sum + one, 0)}`;
  return [
    renderCellTable([["", "found", "wanted", "verdict"], ...checks]),
    "",
    renderCellTable([
      ["service", "killed", "started again", "at the end"],
      ...names.map((name) => [
        name,
        count(soak.kills, name),
        count(soak.restarts, name),
        soak.statuses[name] ?? "",
      ]),
      ["all", total(soak.kills), total(soak.restarts), ""],
    ]),
  ].join("\n");
}

/** The number of zombies among processes, given the lines of their /proc/PID/stat. */
export function countZombies(stats: string): number {
  // A process's name may have brackets and blanks: its state follows the last bracket.
  const state = (line: string) => line.slice(line.lastIndexOf(")") + 2, line.lastIndexOf(")") + 3);
  return stats.split("\n").filter((line) => state(line) === "Z").length;
}

function exactly(name: string, found: number, wanted: number): Check {
  return { name, found: `${found}`, wanted: `${wanted}`, met: found === wanted };
}

function always(name: string, { tried, failed, reason }: Attempts): Check {
  const found = failed === 0 ? `${tried} of ${tried}` : `${tried - failed} of ${tried} (first: ${reason})`;
  return { name, found, wanted: "100 %", met: tried > 0 && failed === 0 };
}

function checkMemory(soak: Soak): Check {
  const trend = memoryTrend(soak);
  const [first, last] = [trend.first, trend.last].map((kilobytes) => ((kilobytes * 1024) / MIB).toFixed(1));
  return {
    name: "supervisor's RSS",
    found: `${Math.round(trend.slope) || 0} kB/min (${first} to ${last} MiB)`,
    wanted: `< ${FLAT} kB/min`,
    ...(trend.longEnough ? { met: trend.slope < FLAT } : {}),
  };
}
