import { createWriteStream, openSync, renameSync, statSync, type WriteStream } from "node:fs";

/** Takes lines without their newline. Never blocks or throws, and never holds more than 1 MiB. */
export interface LineSink {
  write(line: string): void;
  /** Resolves when everything taken has been written, or after `patience` milliseconds. */
  close(patience?: number): Promise<void>;
}

/** Renders the line that reports `dropped` lines, lost because the reader was too slow. */
export type DropNotice = (dropped: number) => string;

/** Writes lines to an open file descriptor. Unlike `process.stdout` it does not block when a pipe's reader is slow. */
export function descriptorSink(fd: number, notice: DropNotice): LineSink {
  return sink(() => createWriteStream("", { fd, autoClose: false }), notice);
}

/** Appends lines to a file. At `limit` bytes it is renamed to `<path>.1` and a new one begins. */
export function fileSink(path: string, notice: DropNotice, limit = 1024 * 1024): LineSink {
  let written = sizeOf(path);
  // Opened at once, because a stream that opens later could open the file of the next rotation.
  const open = () => createWriteStream("", { fd: openSync(path, "a", 0o644) });
  return sink(open, notice, (bytes) => {
    written += bytes;
    if (written <= limit) return false;
    written = bytes;
    rotate(path);
    return true;
  });
}

const BUFFER = 1024 * 1024;

function sink(open: () => WriteStream, notice: DropNotice, mustReopen = (_bytes: number) => false): LineSink {
  let stream: WriteStream | undefined;
  let dropped = 0;
  const current = () => {
    if (stream) return stream;
    const opened = open();
    // A full disk or a closed pipe must not end the container; the next line tries again.
    opened.on("error", () => {
      if (stream === opened) stream = undefined;
    });
    stream = opened;
    return opened;
  };
  const put = (line: string) => {
    const bytes = Buffer.from(`${line}\n`);
    if (mustReopen(bytes.length)) {
      stream?.end();
      stream = undefined;
    }
    try {
      current().write(bytes);
    } catch {
      // The file cannot be opened: see above.
    }
  };
  return {
    write(line) {
      if ((stream?.writableLength ?? 0) > BUFFER) {
        dropped += 1;
        return;
      }
      if (dropped > 0) put(notice(dropped));
      dropped = 0;
      put(line);
    },
    close: (patience = 500) => drained(stream, patience),
  };
}

function drained(stream: WriteStream | undefined, patience: number): Promise<void> {
  if (!stream) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, patience);
    stream.write("", () => {
      clearTimeout(timer);
      resolve();
    });
    stream.once("error", () => resolve());
  });
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

function rotate(path: string): void {
  try {
    renameSync(path, `${path}.1`);
  } catch {
    // Missing or not ours: keep appending, which is better than no log.
  }
}
