import type { IncomingHttpHeaders } from "node:http";
import { request } from "node:https";
import { connect, type PeerCertificate } from "node:tls";
import { type RawData, WebSocket } from "ws";

export interface AskOptions {
  /** Sent as Basic credentials; none are sent without it. */
  readonly password?: string;
  /** @default kasm_user */
  readonly user?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** @default GET */
  readonly method?: string;
  readonly body?: string;
}

/** An answer of the gateway. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Sends a request to the gateway on this machine's port, whose certificate is self-signed. */
export function ask(port: number, path: string, options: AskOptions = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { ...options.headers, ...credentials(options) };
    const where = {
      host: "127.0.0.1",
      port,
      path,
      headers,
      method: options.method ?? "GET",
      rejectUnauthorized: false,
      agent: false,
    } as const;
    const asked = request({ ...where, timeout: 10_000 }, async (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const body = Buffer.concat(chunks).toString("utf8");
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
      });
    });
    asked.on("timeout", () => asked.destroy(new Error(`${path} gives no answer`)));
    asked.on("error", reject);
    asked.end(options.body);
  });
}

/** The result of a WebSocket handshake: the status of its refusal, or the first bytes from the desktop. */
export function openSocket(port: number, options: AskOptions = {}): Promise<number | string> {
  return new Promise((resolve, reject) => {
    const headers = { ...options.headers, ...credentials(options) };
    const socket = new WebSocket(`wss://127.0.0.1:${port}/websockify`, "binary", {
      rejectUnauthorized: false,
      handshakeTimeout: 10_000,
      headers,
    });
    socket.on("unexpected-response", (asked, response) => {
      asked.destroy();
      resolve(response.statusCode ?? 0);
    });
    socket.on("error", reject);
    socket.once("message", (data: RawData) => {
      resolve(data.toString());
      socket.close();
    });
  });
}

/** The SHA-256 fingerprint of the certificate on this machine's port. */
export function certificate(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port, rejectUnauthorized: false }, () => {
      const peer: PeerCertificate = socket.getPeerCertificate();
      socket.destroy();
      resolve(peer.fingerprint256);
    });
    socket.on("error", reject);
  });
}

function credentials({ user = "kasm_user", password }: AskOptions): Record<string, string> {
  if (password === undefined) return {};
  return { Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}` };
}
