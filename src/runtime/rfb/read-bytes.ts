import type { Readable } from "node:stream";

/**
 * Reads exactly so many bytes, at least one. Rejects with the signal's reason, with the stream's error, or when the end
 * comes too early.
 */
export function readBytes(stream: Readable, length: number, signal: AbortSignal): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      stream.off("readable", look).off("error", fail);
      signal.removeEventListener("abort", abort);
    };
    const fail = (error: unknown) => {
      stop();
      reject(error);
    };
    const abort = () => fail(signal.reason);
    const look = () => {
      const bytes: Buffer | null = stream.read(length);
      if (!bytes) return;
      if (bytes.length < length) return fail(new Error("the end came too early"));
      stop();
      resolve(bytes);
    };
    if (signal.aborted) return abort();
    signal.addEventListener("abort", abort);
    // One listener for all: each new one is called at once while too few bytes are there, and nothing else would be.
    stream.on("readable", look).on("error", fail);
    look();
  });
}
