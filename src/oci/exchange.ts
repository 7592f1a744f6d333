import { type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";

/** One request; what `fetch` has no way to say is that a certificate need not be vouched for. */
export interface Question {
  readonly method: "GET" | "HEAD" | "POST" | "PUT";
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  /** Takes any certificate. @default false */
  readonly insecure?: boolean;
  readonly signal?: AbortSignal | undefined;
}

export interface Answer {
  readonly status: number;
  /** With lower-case names. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** Milliseconds without a byte, in either direction. */
const PATIENCE = 30_000;

/** Bytes of an answer: what is asked for are manifests and configurations, at most 4 MB in most registries. */
const LIMIT = 32_000_000;

/**
 * Asks once over HTTP or HTTPS, following no redirect. Rejects with Node's own error where there is no answer, and where
 * it is longer than 32 MB.
 */
export function exchange({ method, url, headers, body, insecure, signal }: Question): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = {
      method,
      timeout: PATIENCE,
      headers: { ...headers, "content-length": String(body?.length ?? 0) },
      ...(signal === undefined ? {} : { signal }),
      ...(insecure ? { rejectUnauthorized: false } : {}),
    };
    const request = (url.protocol === "http:" ? requestHttp : requestHttps)(url, options, (response) => {
      readAll(response).then(
        (content) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: content }),
        reject,
      );
    });
    request.on("error", reject);
    request.on("timeout", () => request.destroy(new Error(`no answer within ${PATIENCE / 1000} s`)));
    request.end(body);
  });
}

async function readAll(response: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LIMIT) throw new Error(`the answer is longer than ${LIMIT / 1e6} MB`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
