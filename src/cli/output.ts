import { once } from "node:events";
import { createStyle, type Style } from "../terminal/style.ts";
import { type Progress, startProgress } from "./progress.ts";

/** Where a command prints: results to stdout, everything else to stderr. */
export interface Output {
  readonly json: boolean;
  readonly verbose: boolean;
  readonly quiet: boolean;
  /** The command's result: `value` with --json, else `text`. The one thing on stdout. */
  result(value: unknown, text: string): void;
  /** A line of a long output on stdout; resolves when the next can be written. */
  line(text: string): Promise<void>;
  /** Whether stdout is a terminal: then people read it. */
  readonly terminal: boolean;
  /** Colour on stdout. */
  readonly style: Style;
  /** One line about the current step. */
  step(text: string): void;
  /** A line of an underlying tool; shown with --verbose. */
  detail(text: string): void;
  /** Something the user should know, shown even with --quiet. */
  warn(text: string): void;
  /** A long step: a bar on a terminal, a few plain lines elsewhere. */
  progress(label: string): Progress;
  /** The command's failure, on a new line below a bar in progress. */
  error(text: string): void;
  /** Emphasis where stderr has colour. */
  bold(text: string): string;
}

export interface OutputOptions {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly color: boolean;
  readonly stdout: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };
}

/** Creates the output for these flags and streams: colour and moving bars only on a terminal. */
export function createOutput(options: OutputOptions): Output {
  const { stdout, stderr, json, quiet, verbose } = options;
  const moving = stderr.isTTY === true && !verbose;
  let drawn = false;
  const write = (text: string): void => void stderr.write(`${text}\n`);
  return {
    ...{ json, verbose, quiet },
    result(value, text) {
      const shown = json ? JSON.stringify(value, null, 2) : text;
      if (shown !== "") stdout.write(`${shown}\n`);
    },
    async line(text) {
      if (!stdout.write(`${text}\n`)) await once(stdout, "drain");
    },
    terminal: stdout.isTTY === true,
    style: createStyle(stdout.isTTY === true && options.color),
    step: (text) => (quiet ? undefined : write(text)),
    detail: (text) => (verbose ? write(`  ${text}`) : undefined),
    warn: (text) => write(`warning: ${text}`),
    progress(label) {
      const bar = startProgress(label, { stderr, moving, quiet });
      drawn = moving && !quiet;
      const end = (last?: string): void => {
        drawn = false;
        bar.end(last);
      };
      return { ...bar, end };
    },
    error: (text) => write(drawn ? `\n${text}` : text),
    bold: createStyle(stderr.isTTY === true && options.color).bold,
  };
}
