import { DetailedError, Upload } from "tus-js-client";
import { type Text, t, verbatim, type Words } from "../translate.ts";
import type { Transfer, TransferOptions } from "./batch.ts";
import type { Wanted } from "./gather.ts";
import { whileLocked } from "./locks.ts";
import { fingerprintOf } from "./unfinished.ts";

/** Files up to this size are sent in one request; larger ones can be gone on with, after a reload as well. */
const small = 1024 ** 2;

/** Milliseconds between attempts, about ten minutes in all; progress begins them anew. */
const retryDelays = [0, 500, 1_000, 2_000, 4_000, 8_000, ...Array<number>(40).fill(15_000)];

/** Brings files to a server of the tus protocol. */
export function tusTransfer(endpoint: string): Transfer {
  return async (wanted, options) => {
    const { signal } = options;
    let cancel = () => {};
    try {
      const send = () =>
        new Promise<string>((resolve, reject) => {
          // It may have been cancelled while the lock was waited for.
          if (signal.aborted) return reject(new Error("cancelled"));
          const upload = makeUpload(endpoint, wanted, options, resolve, reject);
          cancel = () => {
            // One without an address may be there already all the same, and is removed when its address comes.
            if (upload.url !== null || isSmall(wanted)) remove(upload);
            reject(new Error("cancelled"));
          };
          signal.addEventListener("abort", cancel);
          void start(upload, wanted, signal);
        });
      const { file, path } = wanted;
      return await (isSmall(wanted) ? send() : whileLocked(fingerprintOf(endpoint, path, file), send));
    } finally {
      // One signal is for thousands of files: none of them may stay with it.
      signal.removeEventListener("abort", cancel);
    }
  };
}

function isSmall({ file }: Wanted): boolean {
  return file.size <= small;
}

/** Removes what has arrived of a cancelled upload. Where even that fails the server does it after a day. */
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
    retryDelays,
    uploadDataDuringCreation: isSmall(wanted),
    storeFingerprintForResuming: !isSmall(wanted),
    removeFingerprintOnSuccess: true,
    fingerprint: async () => fingerprintOf(endpoint, path, file),
    onShouldRetry: ({ originalResponse }) => !signal.aborted && mayPass(originalResponse?.getStatus() ?? 0),
    onUploadUrlAvailable: () => {
      if (signal.aborted) remove(upload);
    },
    onProgress,
    onSuccess: ({ lastResponse }) => {
      const name = lastResponse.getHeader("Kasmix-Saved-As");
      resolve(name ? decodeURIComponent(name) : path);
    },
    onError: (error) => reject(new Error(wordsOf(error))),
  });
  return upload;
}

/** Goes on with what an earlier visit has begun, unless it is cancelled meanwhile. */
async function start(upload: Upload, wanted: Wanted, signal: AbortSignal): Promise<void> {
  const [earlier] = isSmall(wanted) ? [] : await upload.findPreviousUploads();
  if (earlier) upload.resumeFromPreviousUpload(earlier);
  if (!signal.aborted) upload.start();
  else if (earlier) remove(upload);
}

/** Whether what was answered may pass: no answer, a server that is not up, or an offset that has to be asked for. */
function mayPass(status: number): boolean {
  return status === 0 || [409, 423, 429].includes(status) || (status >= 500 && status !== 507);
}

/** What the visitor has to know; of what happens seldom, what the server says. */
function wordsOf(error: Error): Words {
  const answer = error instanceof DetailedError ? error.originalResponse : null;
  if (!answer) return t("no connection");
  const [status, said] = [answer.getStatus(), answer.getBody()];
  const known = REFUSALS[status];
  if (known !== undefined) return t(known);
  return said ? verbatim(said) : t("status {status}", { status });
}

const REFUSALS: Readonly<Record<number, Text>> = {
  401: "signed out",
  413: "larger than this workspace takes",
  507: "not enough space",
};
