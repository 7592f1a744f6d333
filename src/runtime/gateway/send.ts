import type { ServerResponse } from "node:http";

/** Sends a body; Node leaves it out of the answer to a HEAD. Nobody keeps it, unless Cache-Control is set before. */
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
