import { decodeWindowReport, encodeLead, type WindowReport } from "../../wire/window.ts";
import type { Role } from "../gateway/users.ts";

/** One connection's window. */
export interface Seat {
  /** Takes a text message of the page; others than reports are ignored. */
  hear(text: string): void;
  leave(): void;
}

/** Decides which window leads, and tells the pages. */
export interface WindowLeader {
  /** Adds a connection. `tell` sends a text message to its page. */
  join(role: Role, tell: (text: string) => void): Seat;
}

/**
 * The window that the owner used last leads: the desktop has its size, and the other windows scale the picture. Hidden
 * windows lead only when there is no visible one, participants' only without an owner, viewers' never. When the leader
 * goes, the next one is told, and asks for its own size. `onScale` is called with the scale that the leader wants, when it
 * is another than before. `now` is in milliseconds.
 */
export function createWindowLeader(
  onScale: (scale: number) => void = () => {},
  now: () => number = () => performance.now(),
): WindowLeader {
  const windows = new Set<Window>();
  let scale: number | undefined;
  const decide = () => {
    const leader = leaderOf([...windows]);
    const wanted = leader?.report?.scale ?? scale;
    if (wanted !== undefined && wanted !== scale) onScale(wanted);
    scale = wanted;
    for (const window of windows) {
      const leads = window === leader;
      // Clients that do not report are not our page and would not understand.
      if (window.report === undefined || window.told === leads) continue;
      window.told = leads;
      window.tell(encodeLead(leads));
    }
  };
  return {
    join(role, tell) {
      const window: Window = {
        role,
        tell,
        report: undefined,
        used: Number.NEGATIVE_INFINITY,
        told: undefined,
      };
      windows.add(window);
      // The first owner ends the lead of a participant.
      decide();
      return {
        hear(text) {
          const report = decodeWindowReport(text);
          if (report === undefined) return;
          window.report = report;
          if (report.idle !== undefined) window.used = now() - report.idle;
          decide();
        },
        leave() {
          windows.delete(window);
          decide();
        },
      };
    },
  };
}

interface Window {
  readonly role: Role;
  readonly tell: (text: string) => void;
  report: WindowReport | undefined;
  /** When the visitor used it last. */
  used: number;
  /** What its page was told. */
  told: boolean | undefined;
}

function leaderOf(windows: readonly Window[]): Window | undefined {
  const role: Role = windows.some((window) => window.role === "owner") ? "owner" : "participant";
  const candidates = windows.filter((window) => window.role === role && window.report?.fits);
  const visibility = ({ report }: Window) => Number(report?.isVisible);
  const [leader] = candidates.sort(
    (a, b) =>
      visibility(b) - visibility(a) ||
      // Windows that were never used have no difference.
      b.used - a.used ||
      0 ||
      Number(b.told ?? false) - Number(a.told ?? false),
  );
  return leader;
}
