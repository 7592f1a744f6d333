import { once } from "node:events";
import { connect } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { RuntimeConfig } from "../../src/model/runtime.ts";
import { displayCommand, rfbPasswords, type rfbSocket } from "../../src/runtime/display.ts";
import { writeDisplayPasswords } from "../../src/runtime/gateway/view-only.ts";
import { eventually } from "../helpers/eventually.ts";
import { canRunX, noX, startXServer } from "./clipboard/x-server.ts";
import { memoryLog } from "./memory-log.ts";

describe.runIf(canRunX)(`the display server as it is started${noX}`, () => {
  let x: Awaited<ReturnType<typeof startXServer>>;
  afterEach(() => x.stop());

  // It takes all clients for one host: the sixth that came at once was refused, and all others for ten seconds.
  it("lets thirty clients in that come at the same moment", async () => {
    x = await startXServer((folder, number) => {
      const directories = { home: folder, runtime: folder } as Parameters<typeof rfbSocket>[0];
      writeDisplayPasswords(rfbPasswords(directories));
      const config = { title: "t", display: { resolution: "640x480", frameRate: 30 } } as RuntimeConfig;
      return displayCommand(config, { DISPLAY: `:${number}` }, directories, memoryLog().log).slice(2);
    });
    const offers = await Promise.all(
      Array.from({ length: 30 }, () => securityTypes(join(x.folder, "rfb.sock"))),
    );
    expect(offers).toEqual(Array(30).fill([1, 2]));
  });
});

/** The security types that a new client is offered; none when it is refused. Comes again while the queue is full. */
async function securityTypes(path: string): Promise<number[]> {
  const socket = await eventually(async () => {
    const candidate = connect({ path });
    await once(candidate, "connect");
    return candidate;
  });
  let received = Buffer.alloc(0);
  socket.once("data", () => socket.write("RFB 003.008\n"));
  for await (const chunk of socket) {
    received = Buffer.concat([received, chunk]);
    const count = received[12];
    if (count !== undefined && received.length >= 13 + count) break;
  }
  return [...received.subarray(13, 13 + (received[12] ?? 0))].sort();
}
