import type { Route } from "./table.ts";

/**
 * What the addresses of KasmVNC's owner API answer with, as KasmVNC does (common/network/websocket.c). Its name is that
 * of the protocol which is spoken there, whatever the program: the platform, and what else was written for it, may tell
 * by it what answers. Nowhere else is it said.
 */
export const LIKE_KASMVNC: Pick<Route, "headers" | "forbidden"> = {
  headers: { Server: "KasmVNC/4.0" },
  forbidden: { status: 401, text: "401 Unauthorized" },
};
