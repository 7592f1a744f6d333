import type { Log } from "../log/log.ts";
import type { Edge } from "./model.ts";
import { POLICY } from "./restart-policy.ts";

/** Number of a service's last lines in the summary. */
const LAST_LINES = 10;

/** Milliseconds until a service that is given up again and again is summed up once more. */
const AGAIN = 600_000;

/**
 * Remembers the last lines of each service and how it ended. When a service is given up, logs all of that in one record,
 * so that `docker logs` alone shows the cause. `now` gives monotonic milliseconds.
 */
export function createCrashLoopReporter(log: Pick<Log, "error">, now = () => performance.now()) {
  const reported = new Map<string, number>();
  const output = new Map<string, string[]>();
  const ends = new Map<string, string[]>();
  return {
    onLine(service: string, line: string): void {
      remember(output, service, line, LAST_LINES);
    },
    onEdge(edge: Edge): void {
      const { service, to } = edge;
      if (to === "ready") ends.delete(service);
      const end = describeEnd(edge);
      if (end !== undefined) remember(ends, service, end, POLICY.deathLimit);
      if (to !== "degraded" || now() - (reported.get(service) ?? Number.NEGATIVE_INFINITY) < AGAIN) return;
      reported.set(service, now());
      log.error(summary(edge, ends.get(service) ?? [], output.get(service) ?? []));
    },
  };
}

function summary({ service, delay, error = "" }: Edge, exits: readonly string[], lines: readonly string[]) {
  const next =
    delay === undefined
      ? "the service is critical, so the container stops"
      : `it is started again every ${delay / 1000} s, or at once with: kasmixctl restart ${service}`;
  const cause = adviceOn(error) ?? (lines.length > 0 ? "see its last lines" : "it wrote nothing");
  const message = `${service} keeps exiting without becoming ready (${exits.at(-1)}): ${cause}; ${next}`;
  return { event: "service.crash-loop", service, message, exits, lines };
}

const ADVICE: readonly [RegExp, string][] = [
  [/E[MN]FILE/, "the limit of open files is reached: raise --ulimit nofile"],
  [/EAGAIN/, "the limit of processes is reached: raise resources.pidsLimit in workspace.ts (--pids-limit)"],
  [/ENOMEM/, "the container is out of memory: raise --memory"],
  [/ENOENT/, "the program is not in the image"],
  [/EACCES/, "this user may not execute the program"],
  [/ENOEXEC/, "the program is for another kind of machine, or a script without a #! line"],
];

/** Advice for a program that could not be spawned. */
function adviceOn(error: string): string | undefined {
  return ADVICE.find(([pattern]) => pattern.test(error))?.[1];
}

/** `exit code 1`, `killed by SIGSEGV`, or why it could not be spawned; undefined for an edge other than an exit. */
function describeEnd({ code, signal, error }: Edge): string | undefined {
  if (error !== undefined) return error;
  if (signal) return `killed by ${signal}`;
  return code === undefined ? undefined : `exit code ${code}`;
}

function remember(of: Map<string, string[]>, service: string, text: string, most: number): void {
  const kept = of.get(service) ?? [];
  kept.push(text);
  if (kept.length > most) kept.shift();
  of.set(service, kept);
}
