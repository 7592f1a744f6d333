import { once } from "node:events";
import type { FileHandle } from "node:fs/promises";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Refused } from "./refusal.ts";

/** Bytes that wait for the disk at most; the sender is held back by the rest. */
const WAITING = 1024 ** 2;

/**
 * Writes what is sent into a file, from an offset on, and closes the file: it is on the disk then, as far as it came,
 * even when this throws. More than `most` bytes are refused. `onBytes` hears of each piece. Gives how many bytes there
 * were.
 */
export async function receive(
  source: Readable,
  file: FileHandle,
  offset: number,
  most: number,
  onBytes: (count: number) => void = () => {},
): Promise<number> {
  const sink = file.createWriteStream({ start: offset, highWaterMark: WAITING, flush: true });
  try {
    await pipeline(source, (chunks) => capped(chunks, most, onBytes), sink);
  } finally {
    // After an error a write may still be under way, and who comes back must see what came of it.
    if (!sink.closed) await once(sink, "close");
  }
  return sink.bytesWritten;
}

async function* capped(
  chunks: AsyncIterable<Buffer>,
  most: number,
  onBytes: (count: number) => void,
): AsyncGenerator<Buffer> {
  let left = most;
  for await (const chunk of chunks) {
    left -= chunk.length;
    if (left < 0) throw new Refused(413, "more bytes than announced");
    onBytes(chunk.length);
    yield chunk;
  }
}
