import type { Duplex } from "node:stream";
import { createWebSocketStream, WebSocket } from "ws";
import type { Role } from "../gateway/users.ts";
import type { PreparedKasmVnc } from "./prepare.ts";

/** A visitor for whom the gateway connects. */
export interface KasmVncVisit {
  readonly role: Role;
  readonly address: string;
}

/**
 * Connects a visitor with KasmVNC, signed in with the rights of its role; undefined while KasmVNC is not up. KasmVNC takes
 * the address, which it shows and logs, from X-Forwarded-For.
 */
export function connectKasmVnc(
  { port, logins }: Pick<PreparedKasmVnc, "port" | "logins">,
  { role, address }: KasmVncVisit,
): Promise<Duplex | undefined> {
  const url = `ws://127.0.0.1:${port}/websockify`;
  const upstream = new WebSocket(url, "binary", {
    // KasmVNC refuses a WebSocket without an origin.
    origin: `http://127.0.0.1:${port}`,
    headers: { Authorization: logins[role], "X-Forwarded-For": address },
    perMessageDeflate: false,
    handshakeTimeout: HANDSHAKE,
  });
  return new Promise((resolve) => {
    upstream.once("open", () => {
      const stream = createWebSocketStream(upstream);
      // By itself it stays open for writing when KasmVNC has ended.
      resolve(stream.once("end", () => stream.destroy()));
    });
    upstream.on("error", () => resolve(undefined));
  });
}

/** Milliseconds. */
const HANDSHAKE = 5_000;
