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
}

/** Characters of the longest message. */
const LONGEST = 256;

export function encodeWindowReport(report: WindowReport): string {
  return JSON.stringify(report);
}

/** Undefined if the text is no report. */
export function decodeWindowReport(text: string): WindowReport | undefined {
  const { fits, isVisible, idle } = parse(text);
  if (typeof fits !== "boolean" || typeof isVisible !== "boolean") return undefined;
  if (idle === undefined) return { fits, isVisible };
  return typeof idle === "number" && idle >= 0 ? { fits, isVisible, idle } : undefined;
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
