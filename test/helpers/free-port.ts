import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/**
 * Ports that the system gives to nobody by itself: it takes those of connections, and of servers that leave it the choice,
 * from 32768 on. One of these would be gone now and then before the test had come to use it.
 */
const [FIRST, LAST] = [20_000, 32_767];

const given = new Set<number>();

/** A port of this machine that nobody listens on, at any address; another one each time. */
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
