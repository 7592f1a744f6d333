import { once } from "node:events";
import type { FileHandle } from "node:fs/promises";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { BODIES } from "../gateway/body-budget.ts";
import { Refused } from "./refusal.ts";

/** Bytes that are buffered for the disk; then the sender has to wait. Fewer while many files come at once. */
const [WAITING, FEW_WAITING] = [1024 ** 2, 64 * 1024];

/**
 * Writes a stream into a file from an offset on, flushes and closes the file, even when this throws. Refuses more than
 * `most` bytes. `onBytes` is called with the size of each piece. Returns the number of bytes.
 */
export async function receive(
  source: Readable,
  file: FileHandle,
  offset: number,
  most: number,
  onBytes: (count: number) => void = () => {},
): Promise<number> {
  const share = BODIES.spare(WAITING);
  const highWaterMark = share ? WAITING : FEW_WAITING;
  const sink = file.createWriteStream({ start: offset, highWaterMark, flush: true });
  try {
    await pipeline(source, (chunks) => capped(chunks, most, onBytes), sink);
  } finally {
    // After an error a write may still be running, and a resumed upload must see its result.
    if (!sink.closed) await once(sink, "close");
    share?.release();
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
