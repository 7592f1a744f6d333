import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it, onTestFinished } from "vitest";
import type { RuntimeConfig } from "../../../src/model/runtime.ts";
import { writeDisplayPasswords } from "../../../src/runtime/rfb/view-only.ts";
import {
  displayCommand,
  freeDisplay,
  prepareDisplay,
  rfbPasswords,
  type rfbSocket,
} from "../../../src/runtime/session/display.ts";
import { eventually } from "../../helpers/eventually.ts";
import { canRunX, noX, startXServer } from "../clipboard/x-server.ts";
import { memoryLog } from "../memory-log.ts";

describe.runIf(canRunX)(`the display server as Kasmix starts it${noX}`, () => {
  let x: Awaited<ReturnType<typeof startXServer>>;
  afterEach(() => x.stop());

  // To it all clients are one host: the sixth at once was refused, and all others for ten seconds.
  it("accepts thirty clients at the same moment", async () => {
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

// With --network host, where the machine's own X server has :1, the display never started.
it("takes the next display when X servers of other containers have the wanted one, and logs that", () => {
  const folder = mkdtempSync(join(tmpdir(), "kasmix-sockets-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const line = (path: string) => `0000000000000000: 00000002 00000000 00010000 0001 01 52 ${path}\n`;
  const sockets = join(folder, "unix");
  // A file of that name is in a folder of its own container.
  writeFileSync(
    sockets,
    ["@/tmp/.X11-unix/X1", "@/tmp/.X11-unix/X2", "/tmp/.X11-unix/X3"].map(line).join(""),
  );
  const { log, records } = memoryLog();
  expect(["", ":1", ":2.0", ":3", ":12"].map((wanted) => freeDisplay(wanted, log, sockets))).toEqual([
    ...[":3", ":3", ":3", ":3", ":12"],
  ]);
  expect(records).toHaveLength(3);
  expect(records[0]).toMatchObject({ event: "display.taken", wanted: ":1", display: ":3" });
});

// With a full home the passwords were missing, and viewers saw nothing.
it("is prepared for viewers also when the home is not writable", () => {
  const runtime = mkdtempSync(join(tmpdir(), "kasmix-display-"));
  onTestFinished(() => rmSync(runtime, { recursive: true }));
  writeFileSync(join(runtime, "home"), "a file");
  const directories = { home: join(runtime, "home"), runtime };
  writeFileSync(join(runtime, "rfb.sock"), "of a dead one");
  expect(() => prepareDisplay(4242, directories)).toThrow(/ENOTDIR|EEXIST/);
  expect(existsSync(join(runtime, "rfb.sock"))).toBe(false);
  expect(statSync(rfbPasswords(directories)).size).toBe(16);
  expect(statSync(join(runtime, "Xauthority")).size).toBeGreaterThan(16);
});

/** The security types that a new client is offered; none when it is refused. Tries again while the queue is full. */
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
