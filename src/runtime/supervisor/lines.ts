import type { Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";

/** Longest line passed on, in characters. A longer one is cut and marked with an ellipsis. */
const LONGEST_LINE = 4096;

/**
 * Calls `onLine` for every line of a stream, without the newline; control characters are left to the JSON encoder. Memory
 * is bounded: a gigabyte without a newline costs one line.
 */
export function readLines(stream: Readable, onLine: (line: string) => void): void {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  let cut = false;
  const finish = (line: string) => {
    if (!cut) onLine(shorten(line));
    cut = false;
  };
  stream.on("data", (chunk: Buffer) => {
    const parts = decoder.write(chunk).split("\n");
    const last = parts.pop() ?? "";
    for (const part of parts) {
      finish(rest + part);
      rest = "";
    }
    rest += cut ? "" : last;
    if (rest.length <= LONGEST_LINE) return;
    finish(rest);
    rest = "";
    cut = true;
  });
  stream.on("end", () => {
    if (rest !== "") finish(rest);
  });
  // The reading end of a pipe fails only when the descriptor is closed: then nothing is left to read.
  stream.on("error", () => {});
}

/**
 * Lets through at most `limit` calls a second; at the end of the second `onDropped` gets the number of dropped ones. So
 * one noisy service cannot take the log and the processor from all others.
 */
export function limitRate(
  onLine: (line: string) => void,
  onDropped: (dropped: number) => void,
  limit = 500,
): (line: string) => void {
  let since = Number.NEGATIVE_INFINITY;
  let passed = 0;
  let dropped = 0;
  const report = () => {
    if (dropped > 0) onDropped(dropped);
    dropped = 0;
  };
  return (line) => {
    const now = performance.now();
    if (now - since >= 1000) {
      report();
      since = now;
      passed = 0;
    }
    passed += 1;
    if (passed <= limit) {
      onLine(line);
      return;
    }
    // No further line may come that would report it.
    if (dropped === 0) setTimeout(report, 1000 - (now - since));
    dropped += 1;
  };
}

function shorten(line: string): string {
  const bare = line.endsWith("\r") ? line.slice(0, -1) : line;
  return bare.length > LONGEST_LINE ? `${bare.slice(0, LONGEST_LINE)}…` : bare;
}
