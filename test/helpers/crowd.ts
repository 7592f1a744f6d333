import { once } from "node:events";
import { connect, type NetConnectOpts } from "node:net";
import { onTestFinished } from "vitest";

/** Opens so many connections that say nothing. They end with the test. */
export async function openCrowd(count: number, target: NetConnectOpts): Promise<void> {
  const sockets = Array.from({ length: count }, () => connect(target).on("error", () => {}));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
  });
  // One that is refused closes instead.
  await Promise.all(sockets.map((socket) => Promise.race([once(socket, "connect"), once(socket, "close")])));
}
