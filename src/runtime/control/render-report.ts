import type { Style } from "../../terminal/style.ts";
import { renderTable } from "../../terminal/table.ts";
import type { Status } from "../supervisor/model.ts";
import type { Report, ServiceReport } from "../supervisor/report.ts";

/** The report as a line and a table for people. `now` is milliseconds since 1970. */
export function renderReport(report: Report, style: Style, now = Date.now()): string {
  const { phase, ready, uptime, services, warnings = [] } = report;
  const state = phase !== "running" ? phase : ready ? "ready" : "not ready yet";
  const rows = Object.entries(services).map(([name, service]) => renderService(name, service, now));
  const paint = (cell: string, row: number, column: number) => {
    if (row === 0) return style.bold(cell);
    const status = Object.values(services)[row - 1]?.status;
    return column === 1 && status ? style[COLORS[status]](cell) : cell;
  };
  const notes = warnings.map((warning) => `${style.yellow("Warning:")} ${warning}\n\n`).join("");
  return `Services: ${state}, up for ${renderDuration(uptime * 1000)}\n\n${notes}${renderTable([HEAD, ...rows], paint)}`;
}

const HEAD = ["SERVICE", "STATE", "FOR", "PID", "RESTARTS", "MEMORY", ""] as const;

const COLORS: Readonly<Record<Status, Exclude<keyof Style, "bold">>> = {
  waiting: "yellow",
  starting: "yellow",
  ready: "green",
  unhealthy: "red",
  backoff: "red",
  degraded: "red",
  stopping: "yellow",
  done: "dim",
  stopped: "dim",
};

/** How a process ended, as part of a sentence: `it was killed by SIGKILL`. */
export function renderExit(exit: ServiceReport["lastExit"]): string {
  if (exit === undefined) return "it has not ended yet";
  if (exit.error !== undefined) return `it could not be started (${exit.error})`;
  return exit.signal === null ? `it ended with exit code ${exit.code}` : `it was killed by ${exit.signal}`;
}

/** Milliseconds in at most two units: `2 h 13 min`. */
export function renderDuration(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const [days, hours, minutes] = [86_400, 3600, 60].map((unit) => Math.floor(seconds / unit));
  if (days) return `${days} d ${(hours ?? 0) % 24} h`;
  if (hours) return `${hours} h ${(minutes ?? 0) % 60} min`;
  return minutes ? `${minutes} min ${seconds % 60} s` : `${seconds} s`;
}

function renderService(name: string, service: ServiceReport, now: number): string[] {
  const { status, since, pid, starts, memory } = service;
  return [
    name,
    status,
    renderDuration(now - Date.parse(since)),
    pid === undefined ? "" : String(pid),
    String(Math.max(0, starts - 1)),
    memory === undefined ? "" : `${Math.round(memory / 1024 ** 2)} MiB`,
    renderNotes(service, now),
  ];
}

function renderNotes({ critical, waitsFor, lastExit }: ServiceReport, now: number): string {
  const notes = [
    critical ? "critical" : "",
    waitsFor ? `waits for ${waitsFor.join(", ")}` : "",
    lastExit ? `${renderExit(lastExit)} ${renderDuration(now - Date.parse(lastExit.at))} ago` : "",
  ];
  return notes.filter(Boolean).join("; ");
}
