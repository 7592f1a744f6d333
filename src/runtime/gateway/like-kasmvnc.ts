import type { Route } from "./route.ts";

/**
 * KasmVNC's headers and refusal for the addresses of its owner API (common/network/websocket.c). Kasm's platform and
 * other clients may recognise the API by the Server header; other addresses do not send it.
 */
export const LIKE_KASMVNC: Pick<Route, "headers" | "forbidden"> = {
  headers: { Server: "KasmVNC/4.0" },
  forbidden: { status: 401, text: "401 Unauthorized" },
};
