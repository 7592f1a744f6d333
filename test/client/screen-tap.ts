import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { WebSocket, WebSocketServer } from "ws";
import type { SocketRoute } from "../../src/runtime/gateway/route.ts";

/** A place between the page and the stream's server, to hear both and to disturb them. */
export interface ScreenTap {
  readonly route: SocketRoute;
  /** Texts that the pages sent, in order. */
  readonly told: string[];
  /** The roles of the pages that are connected. */
  readonly roles: string[];
  /** Sends all pages a message, as if it came from the server. */
  inject(message: string | Uint8Array): void;
  /** Breaks all connections. */
  cut(): void;
  /** Passes nothing on to the pages, or everything again. */
  hold(isHeld: boolean): void;
  close(): void;
}

/** Opens a tap in front of a service's WebSocket. */
export async function tapScreen({ path, needs, upgrade }: SocketRoute): Promise<ScreenTap> {
  const inner = createServer();
  // The role comes as the query, because the inner server has no visitors of its own.
  inner.on("upgrade", (request, socket, head) => {
    upgrade(request, socket, head, (request.url?.split("?")[1] ?? "viewer") as "viewer", "kasm_user");
  });
  inner.listen(0, "127.0.0.1");
  await once(inner, "listening");
  const { port } = inner.address() as AddressInfo;
  const outer = new WebSocketServer({ noServer: true });
  const told: string[] = [];
  const pages = new Map<WebSocket, string>();
  let isHeld = false;
  const join = (page: WebSocket, role: string) => {
    const server = new WebSocket(`ws://127.0.0.1:${port}${path}?${role}`);
    const early: [Buffer, boolean][] = [];
    pages.set(page, role);
    page.on("message", (data: Buffer, isBinary) => {
      if (!isBinary) told.push(data.toString());
      if (server.readyState === WebSocket.OPEN) server.send(data, { binary: isBinary });
      else early.push([data, isBinary]);
    });
    server.on("open", () => {
      for (const [data, binary] of early) server.send(data, { binary });
    });
    server.on("message", (data: Buffer, isBinary) => {
      if (!isHeld) page.send(data, { binary: isBinary });
    });
    for (const socket of [page, server]) socket.on("error", () => {});
    server.on("close", () => page.terminate());
    page.on("close", () => {
      pages.delete(page);
      server.terminate();
    });
  };
  return {
    route: {
      path,
      needs,
      upgrade: (request, socket, head, role) =>
        outer.handleUpgrade(request, socket, head, (page) => join(page, role)),
    },
    told,
    get roles() {
      return [...pages.values()];
    },
    inject(message) {
      for (const page of pages.keys()) page.send(message, { binary: typeof message !== "string" });
    },
    cut() {
      for (const page of pages.keys()) page.terminate();
    },
    hold(held) {
      isHeld = held;
    },
    close() {
      for (const page of pages.keys()) page.terminate();
      inner.close();
    },
  };
}
