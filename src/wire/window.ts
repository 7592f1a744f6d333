/**
 * What pages and the gateway tell each other about windows, as text messages on the WebSocket of the screen, beside
 * RFB's binary ones (docs/internals/messages.md). One window leads: the desktop has its size.
 */

/** A page's window. */
export interface WindowReport {
  /** Whether the desktop should have this window's size. */
  readonly fits: boolean;
  readonly isVisible: boolean;
  /** Milliseconds since the visitor last used this window; left out when never. */
  readonly idle?: number;
  /**
   * How many times larger than on an ordinary screen the desktop should draw everything, 1 to LARGEST_SCALE; left out
   * by a page that leaves that alone.
   */
  readonly scale?: number;
  /** Whether the visitor prefers dark colours; left out by a page that leaves that alone. */
  readonly isDark?: boolean;
}

export const LARGEST_SCALE = 5;

/** Characters of the longest message. */
const LONGEST = 256;

export function encodeWindowReport(report: WindowReport): string {
  return JSON.stringify(report);
}

/** Undefined if the text is no report. */
export function decodeWindowReport(text: string): WindowReport | undefined {
  const { fits, isVisible, idle, scale, isDark } = parse(text);
  if (typeof fits !== "boolean" || typeof isVisible !== "boolean") return undefined;
  if (!isWithin(idle, 0, Number.POSITIVE_INFINITY) || !isWithin(scale, 1, LARGEST_SCALE)) return undefined;
  if (isDark !== undefined && typeof isDark !== "boolean") return undefined;
  return {
    ...{ fits, isVisible },
    ...(idle !== undefined && { idle }),
    ...(scale !== undefined && { scale }),
    ...(isDark !== undefined && { isDark }),
  };
}

function isWithin(value: unknown, least: number, most: number): value is number | undefined {
  return value === undefined || (typeof value === "number" && value >= least && value <= most);
}

/** The gateway's answer to a page. */
export interface Lead {
  /** Whether its window leads. */
  readonly leads: boolean;
  /** The desktop is about to take this window's colours; another answer follows when it has them. @default false */
  readonly isChanging?: boolean;
}

export function encodeLead({ leads, isChanging }: Lead): string {
  return JSON.stringify({ leads, ...(isChanging && { isChanging }) });
}

/** Undefined if the text is no such answer. */
export function decodeLead(text: string): Lead | undefined {
  const { leads, isChanging } = parse(text);
  return typeof leads === "boolean" ? { leads, isChanging: isChanging === true } : undefined;
}

function parse(text: string): Readonly<Record<string, unknown>> {
  if (text.length > LONGEST) return {};
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}
