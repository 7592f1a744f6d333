import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/**
 * Ports that the system does not choose by itself. It chooses ports for connections, and for servers that ask for any,
 * from 32768 on: such a port may be in use before a test comes to use it.
 */
const [FIRST, LAST] = [20_000, 32_767];

const given = new Set<number>();

/** A port of this machine without a listener at any address; another one each time. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(FIRST, LAST + 1);
    if (given.has(port)) continue;
    given.add(port);
    if (await canListen(port)) return port;
  }
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, () => server.close(() => resolve(true)));
  });
}
