import type { Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";

/** Longest line handed on, in characters; the rest of a longer one is thrown away and marked by an ellipsis. */
export const LONGEST_LINE = 4096;

/**
 * Hands on every line of a stream, without the newline and with control characters left to the JSON encoder.
 * Memory is bounded whatever comes: a gigabyte without a newline costs one line.
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
  // The reading end of a pipe fails only when the descriptor is gone: then there is nothing more to read.
  stream.on("error", () => {});
}

/**
 * Lets through at most `limit` calls in a second; at the end of the second `onDropped` is told how many were held
 * back. Keeps one noisy service from taking the log and the processor from all others.
 */
export function limitRate(
  onLine: (line: string) => void,
  onDropped: (dropped: number) => void,
  limit = 500,
): (line: string) => void {
  let since = Number.NEGATIVE_INFINITY;
  let passed = 0;
  let dropped = 0;
  const tell = () => {
    if (dropped > 0) onDropped(dropped);
    dropped = 0;
  };
  return (line) => {
    const now = performance.now();
    if (now - since >= 1000) {
      tell();
      since = now;
      passed = 0;
    }
    passed += 1;
    if (passed <= limit) {
      onLine(line);
      return;
    }
    // Perhaps no line comes any more that could tell of it.
    if (dropped === 0) setTimeout(tell, 1000 - (now - since));
    dropped += 1;
  };
}

function shorten(line: string): string {
  const bare = line.endsWith("\r") ? line.slice(0, -1) : line;
  return bare.length > LONGEST_LINE ? `${bare.slice(0, LONGEST_LINE)}…` : bare;
}
