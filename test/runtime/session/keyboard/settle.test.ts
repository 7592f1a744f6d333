import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readCookie } from "../../../../src/runtime/boot/xauthority.ts";
import { pressKey, runClient } from "../../../../src/runtime/rfb/client.ts";
import { settleKeyboard } from "../../../../src/runtime/session/keyboard/settle.ts";
import { connectX, type XConnection } from "../../../../src/runtime/x11/connect.ts";
import { getSelectionOwner } from "../../../../src/runtime/x11/requests.ts";
import { PATIENCE } from "../../../helpers/eventually.ts";
import { canRunX, noX, startXServer } from "../../clipboard/x-server.ts";
import { memoryLog } from "../../memory-log.ts";

const MAPPING_NOTIFY = 34;

describe.runIf(canRunX)(`the keyboard of a new display${noX}`, () => {
  const memory = memoryLog();
  let server: Awaited<ReturnType<typeof startXServer>>;
  let x: XConnection;
  let changes: number;
  const rfb = () => `${server.folder}/rfb.sock`;
  const cookie = () => readCookie(`${server.folder}/Xauthority`, server.number);
  const path = () => `/tmp/.X11-unix/X${server.number}`;

  beforeEach(async () => {
    server = await startXServer((folder) => ["-rfbunixpath", `${folder}/rfb.sock`, "-SecurityTypes", "None"]);
    x = await connectX(path(), cookie());
    changes = 0;
    x.onEvent((event) => {
      if (event[0] === MAPPING_NOTIFY) changes += 1;
    });
  });

  afterEach(() => {
    x.close();
    return server.stop();
  });

  const settle = () =>
    settleKeyboard({ path: path(), readCookie: cookie, rfb: rfb(), environment: {}, log: memory.log });

  const heardAll = () => x.ask(getSelectionOwner(1));

  /** Presses a key as a client does; how many changes of keys programs were told meanwhile. */
  async function press(keysym: number): Promise<number> {
    await heardAll();
    const before = changes;
    await runClient(rfb(), PATIENCE, (send) => pressKey(send, keysym));
    await heardAll();
    return changes - before;
  }

  // XFCE registers its shortcuts again at each change: the first Ctrl+Alt+T after a restart of the display was lost.
  it("does not change with the first key of a client", async () => {
    await settle();
    await heardAll();
    expect(changes).toBeGreaterThan(0);
    expect(await press(0x61)).toBe(0);
    expect(memory.records).toEqual([]);
  });

  it("changes with that key when it was not settled", async () => {
    expect(await press(0x61)).toBeGreaterThan(0);
  });

  it("is left as it is where no server speaks RFB", async () => {
    await settleKeyboard({
      path: path(),
      readCookie: cookie,
      rfb: "/nowhere/rfb.sock",
      environment: {},
      log: memory.log,
    });
    expect(memory.records).toEqual([]);
  });
});
