import type { Status } from "../supervisor/model.ts";
import type { Report, ServiceReport } from "../supervisor/report.ts";
import type { Role } from "./users.ts";

/** Content type of `renderMetrics`. */
export const METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** The values behind /metrics. */
export interface Facts {
  readonly workspace: string;
  readonly report: Report;
  /** Milliseconds. */
  readonly lag: number;
  /** Bytes. */
  readonly residentMemory: number;
  /** Connections that show the desktop. */
  readonly clients: Readonly<Record<Role, number>>;
  /** Of the side services. */
  readonly others: readonly Metric[];
}

/** A metric with one value. */
export interface Metric {
  /** Without the prefix that all have. */
  readonly name: string;
  readonly type: "gauge" | "counter";
  readonly help: string;
  readonly value: number;
}

/** Renders Prometheus' text format. `now` is in milliseconds since the epoch. */
export function renderMetrics(facts: Facts, now = Date.now()): string {
  const others = facts.others.map(({ name, type, help, value }) => family(name, type, help, one(value)));
  return [...aboutContainer(facts), ...aboutServices(facts.report, now), ...others].join("");
}

function aboutContainer({ workspace, report, lag, residentMemory, clients }: Facts): string[] {
  const seeing = Object.entries(clients).map(([role, count]): Sample => [{ role }, count]);
  return [
    family("build_info", "gauge", "Workspace and Node version.", [[{ workspace, node: process.version }, 1]]),
    family("ready", "gauge", "1 when all required services are ready.", one(Number(report.ready))),
    family("uptime_seconds", "gauge", "Uptime of the supervisor.", one(report.uptime)),
    family("event_loop_lag_seconds", "gauge", "Event loop lag of supervisor and gateway.", one(lag / 1000)),
    family(
      "process_resident_memory_bytes",
      "gauge",
      "Resident memory of supervisor and gateway.",
      one(residentMemory),
    ),
    family("desktop_clients", "gauge", "Connections that show the desktop.", seeing),
  ];
}

function aboutServices({ services }: Report, now: number): string[] {
  const each = (value: (service: ServiceReport) => number | undefined): Sample[] =>
    Object.entries(services).flatMap(([service, facts]) => {
      const number = value(facts);
      return number === undefined ? [] : [[{ service }, number]];
    });
  const restarts = each(({ starts }) => Math.max(0, starts - 1));
  const uptimes = each(({ status, since }) => (status === "ready" ? secondsSince(since, now) : 0));
  const memory = each((service) => service.memory);
  return [
    family("service_state", "gauge", "1 for the current state of the service.", statesOf(services)),
    family("service_restarts_total", "counter", "Starts after the first.", restarts),
    family(
      "service_uptime_seconds",
      "gauge",
      "Time since the service became ready; 0 while it is not ready.",
      uptimes,
    ),
    family("service_memory_bytes", "gauge", "Proportional set size of the service's processes.", memory),
  ];
}

type Sample = readonly [labels: Readonly<Record<string, string>>, value: number];

function one(value: number): Sample[] {
  return [[{}, value]];
}

// A record, so that the compiler reports a missing status.
const STATES: Readonly<Record<Status, true>> = {
  waiting: true,
  starting: true,
  ready: true,
  unhealthy: true,
  backoff: true,
  degraded: true,
  stopping: true,
  done: true,
  stopped: true,
};

function statesOf(services: Report["services"]): Sample[] {
  return Object.entries(services).flatMap(([service, { status }]) =>
    Object.keys(STATES).map((state): Sample => [{ service, state }, Number(state === status)]),
  );
}

function secondsSince(time: string, now: number): number {
  return Math.max(0, (now - Date.parse(time)) / 1000);
}

/** A metric with its samples; empty without samples. */
function family(name: string, type: "gauge" | "counter", help: string, samples: readonly Sample[]): string {
  if (samples.length === 0) return "";
  const lines = samples.map(([labels, value]) => `kasmix_${name}${renderLabels(labels)} ${value}\n`);
  return `# HELP kasmix_${name} ${help}\n# TYPE kasmix_${name} ${type}\n${lines.join("")}`;
}

function renderLabels(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeValue(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function escapeValue(value: string): string {
  return value.replace(/[\\"]/g, "\\$&").replaceAll("\n", "\\n");
}
