import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** A socket in front of an X server at which requests of one kind have no effect. */
export async function relayWithout(request: number, target: string, path: string) {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect({ path: target });
    for (const socket of [client, upstream]) sockets.add(socket.on("error", () => {}));
    upstream.pipe(client);
    const pass = replacing(request);
    client.on("data", (chunk: Buffer) => upstream.write(pass(chunk)));
    client.on("close", () => upstream.destroy());
  });
  server.listen(path);
  await once(server, "listening");
  return {
    close(): void {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

const NO_OPERATION = 127;

/** Replaces requests of a kind by NoOperation, which may have any length. */
function replacing(request: number) {
  let pending: Buffer = Buffer.alloc(0);
  let isGreeted = false;
  return (chunk: Buffer): Buffer => {
    pending = Buffer.concat([pending, chunk]);
    const passed: Buffer[] = [];
    for (let length = next(); length > 0; length = next()) {
      const message = pending.subarray(0, length);
      if (isGreeted && message[0] === request) message[0] = NO_OPERATION;
      isGreeted = true;
      passed.push(message);
      pending = pending.subarray(length);
    }
    return Buffer.concat(passed);
  };

  /** Length of the first message; 0 while it is incomplete. */
  function next(): number {
    if (pending.length < 12) return !isGreeted || pending.length < 4 ? 0 : whole(4 * pending.readUInt16LE(2));
    const padded = (length: number) => length + (-length & 3);
    if (isGreeted) return whole(4 * pending.readUInt16LE(2));
    return whole(12 + padded(pending.readUInt16LE(6)) + padded(pending.readUInt16LE(8)));
  }

  function whole(length: number): number {
    return pending.length < length ? 0 : length;
  }
}
