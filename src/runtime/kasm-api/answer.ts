import type { ServerResponse } from "node:http";
import { type Readable, Stream } from "node:stream";
import { send } from "../gateway/send.ts";

/** What comes of a call: a text or a picture, or that it was wrong, or that it cannot be done now, and why. */
export type Answer =
  | { readonly status: 200; readonly text: string }
  | { readonly status: 200; readonly jpeg: Readable; readonly length: number }
  | { readonly status: 400 | 404 | 503; readonly faults: readonly string[] };

/** How KasmVNC begins what it says besides data: common/network/websocket.c, ownerapi. */
const WORDS = { 200: "200 OK", 400: "400 Bad Request", 404: "404", 503: "503 Service Unavailable" } as const;

/** The answer of calls that give nothing back. */
export const DONE: Answer = { status: 200, text: WORDS[200] };

/** What is wrong with a call, all of it at once. */
export function refused(...faults: readonly string[]): Answer {
  return { status: 400, faults };
}

/** What cannot be done now. */
export function unavailable(fault: string): Answer {
  return { status: 503, faults: [fault] };
}

/** Sends an answer as KasmVNC does. Faults come in further lines: clients look at the status, people read. */
export function sendAnswer(response: ServerResponse, answer: Answer): void {
  if ("jpeg" in answer) sendPicture(response, answer.jpeg, answer.length);
  else {
    const text = "text" in answer ? answer.text : [WORDS[answer.status], ...answer.faults].join("\n");
    response.setHeader("Content-Type", "text/plain");
    send(response, answer.status, Buffer.from(text));
  }
}

function sendPicture(response: ServerResponse, jpeg: Readable, length: number): void {
  response.setHeader("Content-Type", "image/jpeg");
  response.setHeader("Cache-Control", "no-store");
  response.setHeader("Content-Length", length);
  response.writeHead(200);
  // Passed on as fast as it is taken; a visitor who goes away ends what makes the picture.
  Stream.pipeline(jpeg, response, () => {});
}
