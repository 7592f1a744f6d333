import type { Log } from "../log/log.ts";
import type { Edge } from "./model.ts";
import { POLICY } from "./policy.ts";

/** So many of a service's last lines stand in the summary of a crash loop. */
const LAST_LINES = 10;

/**
 * Finds out what a service died of: remembers its last lines and how it ended, and when it is given up logs all of
 * that in one record, so that `docker logs` alone tells the cause.
 */
export function createCoroner(log: Pick<Log, "error">) {
  const said = new Map<string, string[]>();
  const ends = new Map<string, string[]>();
  return {
    heard(service: string, line: string): void {
      remember(said, service, line, LAST_LINES);
    },
    note(edge: Edge): void {
      const { service, to } = edge;
      if (to === "ready") ends.delete(service);
      const end = describeEnd(edge);
      if (end !== undefined) remember(ends, service, end, POLICY.deathLimit);
      if (to === "degraded") log.error(summary(edge, ends.get(service) ?? [], said.get(service) ?? []));
    },
  };
}

function summary({ service, delay, error = "" }: Edge, exits: readonly string[], lines: readonly string[]) {
  const next =
    delay === undefined
      ? "it is critical, so the container stops"
      : `it is tried again every ${delay / 1000} s, and at once by: kasmixctl restart ${service}`;
  const cause = adviceOn(error) ?? (lines.length > 0 ? "its last lines tell why" : "it wrote nothing");
  const message = `${service} keeps dying without becoming ready (${exits.at(-1)}): ${cause}; ${next}`;
  return { event: "service.crash-loop", service, message, exits, lines };
}

const ADVICE: readonly [RegExp, string][] = [
  [/E[MN]FILE/, "the container may open too few files: raise --ulimit nofile"],
  [/EAGAIN/, "the container may have too few processes: raise --pids-limit"],
  [/ENOMEM/, "the container has too little memory: raise --memory"],
  [/ENOENT/, "the program is not in the image"],
  [/EACCES/, "the program is no file that this user may execute"],
  [/ENOEXEC/, "the program is not for this machine, or a script without its first line"],
];

/** What to do about a program that could not be spawned. */
function adviceOn(error: string): string | undefined {
  return ADVICE.find(([pattern]) => pattern.test(error))?.[1];
}

/** `exit code 1`, `killed by SIGSEGV`, or why it could not be spawned; undefined for an edge that is no exit. */
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
