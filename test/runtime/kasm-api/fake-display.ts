import { createServer, type Server, type Socket } from "node:net";

/** A fake display server that speaks RFB 3.8, with a screen of 8-bit pixels. */
export interface FakeDisplay {
  /** Sends an update to all clients. */
  draw(width: number, height: number): void;
  /** Clients that have received the whole picture. */
  watchers(): number;
  close(): void;
}

export function startFakeDisplay(path: string, width: number, height: number): FakeDisplay {
  const watching = new Set<Socket>();
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket) && watching.delete(socket));
    const answers = [
      // The answers to version, security type, and so on.
      Buffer.of(1, 1),
      Buffer.alloc(4),
      Buffer.concat([shorts(width, height), Buffer.alloc(20)]),
      update(width, height),
    ];
    socket.on("data", () => {
      const next = answers.shift();
      if (next) socket.write(next);
      if (answers.length === 0) watching.add(socket);
    });
    socket.write("RFB 003.008\n");
  }).listen(path);
  return {
    draw(across, down) {
      for (const socket of watching) socket.write(update(across, down));
    },
    watchers: () => watching.size,
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

/** An update of one rectangle at the upper left corner. */
function update(width: number, height: number): Buffer {
  const head = Buffer.concat([Buffer.of(0, 0, 0, 1), shorts(0, 0, width, height), Buffer.alloc(4)]);
  return Buffer.concat([head, Buffer.alloc(width * height, 7)]);
}

function shorts(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  for (const [index, value] of values.entries()) bytes.writeUInt16BE(value, index * 2);
  return bytes;
}
