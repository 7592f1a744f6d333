import type { ServerResponse } from "node:http";
import { type Readable, Stream } from "node:stream";
import { send } from "../gateway/send.ts";

/** The result of a call: a text, a picture, or faults. */
export type Answer =
  | { readonly status: 200; readonly text: string }
  | { readonly status: 200; readonly jpeg: Readable; readonly length: number }
  | { readonly status: 400 | 404 | 503; readonly faults: readonly string[] };

/** First line of KasmVNC's answers without data: common/network/websocket.c, ownerapi. */
const STATUS_LINES = {
  200: "200 OK",
  400: "400 Bad Request",
  404: "404",
  503: "503 Service Unavailable",
} as const;

/** The answer of calls without a result. */
export const DONE: Answer = { status: 200, text: STATUS_LINES[200] };

/** The answer to an invalid call, with all its faults. */
export function refused(...faults: readonly string[]): Answer {
  return { status: 400, faults };
}

/** The answer to a call that cannot be served now. */
export function unavailable(fault: string): Answer {
  return { status: 503, faults: [fault] };
}

/** Sends an answer in KasmVNC's format. Faults follow in further lines, for people; clients read the status. */
export function sendAnswer(response: ServerResponse, answer: Answer): void {
  if ("jpeg" in answer) sendPicture(response, answer.jpeg, answer.length);
  else {
    const text = "text" in answer ? answer.text : [STATUS_LINES[answer.status], ...answer.faults].join("\n");
    response.setHeader("Content-Type", "text/plain");
    send(response, answer.status, Buffer.from(text));
  }
}

function sendPicture(response: ServerResponse, jpeg: Readable, length: number): void {
  response.setHeader("Content-Type", "image/jpeg");
  response.setHeader("Cache-Control", "no-store");
  response.setHeader("Content-Length", length);
  response.writeHead(200);
  // With backpressure; a client that disconnects ends the program that makes the picture.
  Stream.pipeline(jpeg, response, () => {});
}
