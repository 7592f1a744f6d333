import type { Readable } from "node:stream";

/**
 * Reads exactly `length` bytes, at least one. Rejects with the signal's reason, with the stream's error, or when the
 * stream ends early.
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
    // One listener for the whole read: a new one is called at once while too few bytes are there, which would starve
    // the event loop.
    stream.on("readable", look).on("error", fail);
    look();
  });
}
