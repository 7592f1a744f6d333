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

/** What the leading window asks of the desktop. */
export interface Wishes {
  /** Called with the scale that the leader wants, when it is another than before. */
  readonly onScale?: (scale: number) => void;
  /**
   * Called with whether the leader prefers dark colours, when that is new. Resolves when the desktop has them; undefined if
   * it has them already.
   */
  readonly onDark?: (isDark: boolean) => Promise<void> | undefined;
}

/**
 * The window that the owner used last leads: the desktop has its size, and the other windows scale the picture. Hidden
 * windows lead only when there is no visible one, participants' only without an owner, viewers' never. When the leader
 * goes, the next one is told, and asks for its own size. `now` is in milliseconds.
 */
export function createWindowLeader(
  { onScale, onDark }: Wishes = {},
  now: () => number = () => performance.now(),
): WindowLeader {
  const windows = new Set<Window>();
  let told: Pick<WindowReport, "scale" | "isDark"> = {};
  /** While the desktop takes the leader's colours. */
  let change: Promise<void> | undefined;
  const follow = (next: Promise<void> | undefined) => {
    change = next;
    void next?.finally(() => {
      if (change !== next) return;
      change = undefined;
      decide();
    });
  };
  const decide = () => {
    const leader = leaderOf([...windows]);
    const report: Partial<WindowReport> = leader?.report ?? {};
    const { scale = told.scale, isDark = told.isDark } = report;
    if (scale !== undefined && scale !== told.scale) onScale?.(scale);
    if (isDark !== undefined && isDark !== told.isDark) follow(onDark?.(isDark));
    told = { ...(scale !== undefined && { scale }), ...(isDark !== undefined && { isDark }) };
    for (const window of windows) {
      const leads = window === leader;
      // Clients that do not report are not our page and would not understand.
      if (window.report === undefined) continue;
      const answer = encodeLead({ leads, isChanging: leads && change !== undefined });
      if (window.told !== answer) window.tell(answer);
      Object.assign(window, { told: answer, leads });
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
        leads: false,
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
  told: string | undefined;
  leads: boolean;
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
      Number(b.leads) - Number(a.leads),
  );
  return leader;
}
