import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readCookie } from "../../../../src/runtime/boot/xauthority.ts";
import { keepKeysSpare } from "../../../../src/runtime/session/keyboard/keep.ts";
import { connectX } from "../../../../src/runtime/x11/connect.ts";
import { getKeyboardMapping } from "../../../../src/runtime/x11/requests.ts";
import { canRunX, noX, startXServer } from "../../clipboard/x-server.ts";
import { memoryLog } from "../../memory-log.ts";

describe.runIf(canRunX)(`spare keys${noX}`, () => {
  const memory = memoryLog();
  let server: Awaited<ReturnType<typeof startXServer>>;
  let path: string;
  const cookie = () => readCookie(`${server.folder}/Xauthority`, server.number);

  beforeEach(async () => {
    server = await startXServer();
    path = `/tmp/.X11-unix/X${server.number}`;
  });

  afterEach(() => server.stop());

  /** Number of keys without a keysym. */
  async function spare(): Promise<number> {
    const x = await connectX(path, cookie());
    const [first, last] = x.keys;
    const reply = await x.ask(getKeyboardMapping(first, last - first + 1));
    x.close();
    const width = 4 * reply.readUInt8(1);
    const meanings = Array.from({ length: last - first + 1 }, (_, key) =>
      reply.subarray(32 + key * width, 32 + (key + 1) * width),
    );
    return meanings.filter((meaning) => meaning.every((byte) => byte === 0)).length;
  }

  // The desktop was started before, and lost shortcuts while it registered them again.
  it("are there when the promise resolves", async () => {
    const before = await spare();
    await keepKeysSpare(path, cookie, memory.log);
    expect(await spare()).toBeGreaterThan(before + 20);
    expect(memory.records).toEqual([]);
  });

  it("that cannot be made delay nothing", async () => {
    await keepKeysSpare(`${path}0000`, cookie, memory.log);
    expect(memory.events("keyboard.failed")).toHaveLength(1);
  });
});
