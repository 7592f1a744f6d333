import { isatty } from "node:tty";
import { renderFileLine, renderLogLine } from "./render-line.ts";
import { descriptorSink, fileSink, type LineSink } from "./sink.ts";

export type Level = "info" | "warn" | "error";

/** The fields of a log line besides time and level; undefined values are left out. */
export type Fields = Readonly<Record<string, unknown>>;

/** One JSON object per line on standard output; see docs/internals/supervision.md for the fields. */
export interface Log {
  info(fields: Fields): void;
  warn(fields: Fields): void;
  error(fields: Fields): void;
  /** Logs a change of a service's state, also to container-health.jsonl and, in words, to container-health.log. */
  health(level: Level, fields: Fields): void;
  /** Logs a line that a service wrote; the desktop's also go to xstartup.log. */
  output(service: string, stream: "stdout" | "stderr", line: string): void;
  /** Writes pending lines. */
  close(): Promise<void>;
}

export interface LogOptions {
  /** On a terminal lines are made readable. @default 1, standard output */
  readonly fd?: number;
  /** Directory of container-health.log, container-health.jsonl and xstartup.log, which are bounded. @default "/tmp" */
  readonly directory?: string;
  /** Gets every line too. */
  readonly journal?: Pick<LineSink, "write">;
}

/** Makes a log of one JSON object per line. */
export function createLog({ fd = 1, directory = "/tmp", journal }: LogOptions = {}): Log {
  const main = forReader(descriptorSink(fd, droppedNotice), isatty(fd));
  const healthFiles = [
    fileSink(`${directory}/container-health.jsonl`, droppedNotice),
    inWords(`${directory}/container-health.log`),
  ];
  const desktopFile = fileSink(`${directory}/xstartup.log`, droppedNotice);
  const put = (level: Level, fields: Fields, ...more: LineSink[]) => {
    const line = renderLine(level, fields);
    journal?.write(line);
    for (const sink of [main, ...more]) sink.write(line);
  };
  return {
    info: (fields) => put("info", fields),
    warn: (fields) => put("warn", fields),
    error: (fields) => put("error", fields),
    health: (level, fields) => put(level, fields, ...healthFiles),
    output(service, stream, line) {
      put("info", { service, stream, line });
      if (service === "desktop") desktopFile.write(`${new Date().toISOString()} ${line}`);
    },
    close: async () => {
      await Promise.all([main, ...healthFiles, desktopFile].map((sink) => sink.close()));
    },
  };
}

function forReader(sink: LineSink, terminal: boolean): LineSink {
  return terminal ? { ...sink, write: (line) => sink.write(renderLogLine(line)) } : sink;
}

/** A file whose lines are for people, and for grep. */
function inWords(path: string): LineSink {
  const sink = fileSink(path, (dropped) => renderFileLine(droppedNotice(dropped)));
  return { ...sink, write: (line) => sink.write(renderFileLine(line)) };
}

function renderLine(level: Level, fields: Fields): string {
  return JSON.stringify({ time: new Date().toISOString(), level, ...fields });
}

function droppedNotice(dropped: number): string {
  return renderLine("warn", { event: "log.dropped", lines: dropped });
}
