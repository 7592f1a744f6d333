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
}

export const LARGEST_SCALE = 5;

/** Characters of the longest message. */
const LONGEST = 256;

export function encodeWindowReport(report: WindowReport): string {
  return JSON.stringify(report);
}

/** Undefined if the text is no report. */
export function decodeWindowReport(text: string): WindowReport | undefined {
  const { fits, isVisible, idle, scale } = parse(text);
  if (typeof fits !== "boolean" || typeof isVisible !== "boolean") return undefined;
  if (!isWithin(idle, 0, Number.POSITIVE_INFINITY) || !isWithin(scale, 1, LARGEST_SCALE)) return undefined;
  return { fits, isVisible, ...(idle !== undefined && { idle }), ...(scale !== undefined && { scale }) };
}

function isWithin(value: unknown, least: number, most: number): value is number | undefined {
  return value === undefined || (typeof value === "number" && value >= least && value <= most);
}

/** The gateway's answer: whether the page's window leads. */
export function encodeLead(leads: boolean): string {
  return JSON.stringify({ leads });
}

/** Undefined if the text is no such answer. */
export function decodeLead(text: string): boolean | undefined {
  const { leads } = parse(text);
  return typeof leads === "boolean" ? leads : undefined;
}

function parse(text: string): Readonly<Record<string, unknown>> {
  if (text.length > LONGEST) return {};
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}
