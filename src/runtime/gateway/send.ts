import type { ServerResponse } from "node:http";

/** Sends a body; Node omits it from answers to HEAD. Not cached unless the caller has set Cache-Control. */
export function send(response: ServerResponse, status: number, body: Buffer): void {
  if (!response.hasHeader("Cache-Control")) response.setHeader("Cache-Control", "no-store");
  response.setHeader("Content-Length", body.length);
  response.writeHead(status).end(body);
}

export function sendText(response: ServerResponse, status: number, text: string): void {
  response.setHeader("Content-Type", "text/plain; charset=utf-8");
  send(response, status, Buffer.from(text));
}

export function sendJson(response: ServerResponse, value: unknown, status = 200): void {
  response.setHeader("Content-Type", "application/json");
  send(response, status, Buffer.from(JSON.stringify(value)));
}
