import { type DetailedError, Upload } from "tus-js-client";
import type { Transfer, TransferOptions } from "./batch.ts";
import type { Wanted } from "./gather.ts";
import { whileLocked } from "./locks.ts";
import { largestPiece, smallerPiece, usualLimit } from "./piece.ts";
import { foreignIn, mayPass, notTaken, refuseForeign } from "./refusal.ts";
import { fingerprintOf } from "./unfinished.ts";

/** Files up to this size are sent in one request. Larger ones can be resumed, also after a reload. */
const small = 1024 ** 2;

/** Milliseconds between attempts, about ten minutes in all; progress starts them again. */
const retryDelays = [0, 500, 1_000, 2_000, 4_000, 8_000, ...Array<number>(40).fill(15_000)];

/** Bytes that a request may have, as far as a proxy's refusals have shown. */
let piece = largestPiece;

/** Uploads files by the tus protocol. */
export function tusTransfer(endpoint: string): Transfer {
  return async (wanted, options) => {
    const { signal } = options;
    let cancel = () => {};
    try {
      const send = () =>
        new Promise<string>((resolve, reject) => {
          // It may have been cancelled while it waited for the lock.
          if (signal.aborted) return reject(new Error("cancelled"));
          const upload = makeUpload(endpoint, wanted, options, resolve, reject);
          cancel = () => {
            // An upload without an address may still exist on the server; it is removed when its address arrives.
            if (upload.url !== null || isSmall(wanted)) remove(upload);
            reject(new Error("cancelled"));
          };
          signal.addEventListener("abort", cancel);
          void start(upload, wanted, signal);
        });
      const { file, path } = wanted;
      return await (isSmall(wanted) ? send() : whileLocked(fingerprintOf(endpoint, path, file), send));
    } finally {
      // Thousands of files share one signal, so each must remove its listener.
      signal.removeEventListener("abort", cancel);
    }
  };
}

function isSmall({ file }: Wanted): boolean {
  return file.size <= small;
}

/** Removes a cancelled upload from the server, which otherwise removes it after a day. */
function remove(upload: Upload): void {
  upload.abort(true).catch(() => {});
}

function makeUpload(
  endpoint: string,
  wanted: Wanted,
  { onProgress, signal }: TransferOptions,
  resolve: (name: string) => void,
  reject: (error: Error) => void,
): Upload {
  const { file, path } = wanted;
  const upload = new Upload(file, {
    endpoint,
    metadata: { filename: file.name, relativePath: path, key: crypto.randomUUID() },
    retryDelays: [...retryDelays],
    uploadDataDuringCreation: isSmall(wanted),
    storeFingerprintForResuming: !isSmall(wanted),
    removeFingerprintOnSuccess: true,
    chunkSize: piece,
    fingerprint: async () => fingerprintOf(endpoint, path, file),
    onAfterResponse: (_request, answer) => refuseForeign(answer),
    onShouldRetry: (error, attempt) =>
      !signal.aborted && (shrink(upload, error, attempt) || mayPass(statusOf(error))),
    onUploadUrlAvailable: () => {
      if (signal.aborted) remove(upload);
    },
    onProgress,
    onSuccess: ({ lastResponse }) => {
      const name = lastResponse.getHeader("Kasmix-Saved-As");
      resolve(name ? decodeURIComponent(name) : path);
    },
    onError: (error) => reject(notTaken(error)),
  });
  return upload;
}

/** Resumes an earlier visit's upload, unless it is cancelled meanwhile. */
async function start(upload: Upload, wanted: Wanted, signal: AbortSignal): Promise<void> {
  const [earlier] = isSmall(wanted) ? [] : await upload.findPreviousUploads();
  if (earlier) upload.resumeFromPreviousUpload(earlier);
  if (!signal.aborted) upload.start();
  else if (earlier) remove(upload);
}

/** Sends less at a time where a proxy refused the size, at once. Returns whether that is possible. */
function shrink({ options, file }: Upload, error: DetailedError, attempt: number): boolean {
  const sent = Math.min(options.chunkSize ?? piece, (file as File).size);
  const status = statusOf(error);
  // Without an answer the proxy may have broken off; in any case less of a small piece is lost.
  if (status === 0) options.chunkSize = Math.min(options.chunkSize ?? piece, usualLimit);
  const smaller = smallerPiece(sent);
  if (foreignIn(error) === undefined || status !== 413 || smaller === undefined) return false;
  piece = Math.min(piece, smaller);
  options.chunkSize = piece;
  options.retryDelays?.splice(attempt, 0, 0);
  return true;
}

function statusOf(error: DetailedError): number {
  return foreignIn(error)?.status ?? error.originalResponse?.getStatus() ?? 0;
}
