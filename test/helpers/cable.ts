import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** A network between a browser and a port of this machine that can fail in two ways. */
export interface Cable {
  readonly url: string;
  /** Nothing gets through any more in either direction, silently. */
  cut(): void;
  /** All connections are reset, also new ones. */
  tear(): void;
  /** It works again; connections made before stay lost. */
  mend(): void;
  remove(): Promise<void>;
}

/** Lays a cable to a port with a delay of `delay` milliseconds each way. @default 0 */
export async function layCable(port: number, { delay = 0 } = {}): Promise<Cable> {
  const sockets = new Set<Socket>();
  let state: "whole" | "cut" | "torn" = "whole";
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => {}).on("close", () => sockets.delete(socket));
    return socket;
  };
  const server = createServer((near) => {
    keep(near);
    if (state === "cut") return near.pause();
    if (state === "torn") return near.resetAndDestroy();
    const far = keep(connect(port, "127.0.0.1"));
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      const pass = (chunk: Buffer) => state === "whole" && to.write(chunk);
      // Timers of the same length run in the order in which they were set.
      from.on("data", delay === 0 ? pass : (chunk) => void setTimeout(pass, delay, chunk));
      from.on("close", () => state === "whole" && to.destroy());
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const own = typeof address === "object" && address !== null ? address.port : 0;
  const drop = () => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  return {
    url: `https://localhost:${own}/`,
    cut: () => {
      state = "cut";
    },
    tear: () => {
      state = "torn";
      drop();
    },
    mend: () => {
      drop();
      state = "whole";
    },
    remove: async () => {
      drop();
      server.close();
      await once(server, "close");
    },
  };
}
