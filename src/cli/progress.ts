/** A long step in progress. */
export interface Progress {
  /** Shows the progress; without a total only the text. */
  update(done: number, total?: number, text?: string): void;
  /** Ends it with a last line: the text, or else the label. */
  end(text?: string): void;
}

export interface ProgressOptions {
  readonly stderr: NodeJS.WritableStream & { readonly columns?: number };
  /** A bar that is rewritten in place; otherwise a plain line at every quarter. */
  readonly moving: boolean;
  readonly quiet: boolean;
}

/** Time between two redraws of the bar: more frequent ones cost time and flicker. */
const FRAME_MILLISECONDS = 100;

/** Starts a progress display that writes its first line at once. */
export function startProgress(label: string, { stderr, moving, quiet }: ProgressOptions): Progress {
  if (quiet) return { update: () => {}, end: () => {} };
  const begin = performance.now();
  const finish = (text = label): void => {
    const seconds = (performance.now() - begin) / 1000;
    const line = seconds >= 1 ? `${text} (${seconds.toFixed(1)} s)` : text;
    stderr.write(moving ? `\r\u001b[K${line}\n` : `${line}\n`);
  };
  return moving ? movingProgress(label, stderr, finish) : plainProgress(label, stderr, finish);
}

/** `label [#####-----]  50% text`, cut to the width of the terminal. */
export function renderBar(label: string, done: number, total: number, text: string, columns: number): string {
  const share = total > 0 ? Math.min(1, done / total) : 0;
  const filled = Math.round(share * 20);
  const bar =
    total > 0 ? ` [${"#".repeat(filled)}${"-".repeat(20 - filled)}] ${Math.floor(share * 100)}%` : "";
  return `${label}${bar}${text === "" ? "" : ` ${text}`}`.slice(0, Math.max(20, columns - 1));
}

function movingProgress(
  label: string,
  stderr: ProgressOptions["stderr"],
  finish: (text?: string) => void,
): Progress {
  let drawn = 0;
  stderr.write(label);
  return {
    update(done, total = 0, text = "") {
      if (performance.now() - drawn < FRAME_MILLISECONDS) return;
      drawn = performance.now();
      stderr.write(`\r\u001b[K${renderBar(label, done, total, text, stderr.columns ?? 80)}`);
    },
    end: finish,
  };
}

function plainProgress(
  label: string,
  stderr: ProgressOptions["stderr"],
  finish: (text?: string) => void,
): Progress {
  let quarter = 0;
  stderr.write(`${label} ...\n`);
  return {
    update(done, total = 0, text = "") {
      const reached = total > 0 ? Math.floor((done / total) * 4) : 0;
      if (reached <= quarter || reached >= 4) return;
      quarter = reached;
      stderr.write(`${label}: ${reached * 25}%${text === "" ? "" : ` ${text}`}\n`);
    },
    end: finish,
  };
}
