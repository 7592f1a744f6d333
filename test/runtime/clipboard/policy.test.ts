import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { RuntimeConfig } from "../../../src/model/runtime.ts";
import { clipboardPolicy } from "../../../src/runtime/clipboard/policy.ts";
import { writeDisplayPasswords } from "../../../src/runtime/rfb/view-only.ts";
import { displayCommand, rfbPasswords, type rfbSocket } from "../../../src/runtime/session/display.ts";
import { eventually } from "../../helpers/eventually.ts";
import { memoryLog } from "../memory-log.ts";
import { canRunX, noX, startXServer } from "./x-server.ts";

describe("the clipboard's settings", () => {
  const policy = (environment: NodeJS.ProcessEnv) => clipboardPolicy(environment, memoryLog().log);

  it.each([
    [{}, { up: true, down: true, limit: 16 * 2 ** 20 }],
    [{ KASMIX_CLIPBOARD_UP: "0" }, { up: false, down: true }],
    [{ KASMIX_CLIPBOARD_DOWN: "0" }, { up: true, down: false }],
    [{ KASM_SVC_ACCEPT_CUT_TEXT: "-AcceptCutText 0" }, { up: false, down: true }],
    [{ KASM_SVC_SEND_CUT_TEXT: "-SendCutText 0" }, { up: true, down: false }],
    [{ KASM_SVC_SEND_CUT_TEXT: "-SendCutText 1" }, { up: true, down: true }],
    [{ KASMIX_CLIPBOARD_LIMIT: "500KiB" }, { limit: 512_000 }],
    [{ KASMIX_CLIPBOARD_LIMIT: "77" }, { limit: 77 }],
  ])("are read from %j", (environment, expected) => {
    expect(policy(environment)).toMatchObject(expected);
  });

  it.each(["0", "-1", "many", "1GiB", "257MiB", "1.5MiB"])(
    "use the default for a limit of %s, and log it",
    (value) => {
      const memory = memoryLog();
      expect(clipboardPolicy({ KASMIX_CLIPBOARD_LIMIT: value }, memory.log).limit).toBe(16 * 2 ** 20);
      expect(memory.events("setting.invalid")).toHaveLength(1);
    },
  );
});

describe.runIf(canRunX)(`text over RFB${noX}`, () => {
  let x: Awaited<ReturnType<typeof startXServer>>;
  afterEach(() => x.stop());

  /** The display as the container starts it with these settings, and an RFB client. */
  async function open(environment: NodeJS.ProcessEnv) {
    x = await startXServer((folder, number) => {
      const directories = { home: folder, runtime: folder } as Parameters<typeof rfbSocket>[0];
      writeDisplayPasswords(rfbPasswords(directories));
      const config = { title: "t", display: { resolution: "640x480", frameRate: 30 } } as RuntimeConfig;
      const own = { ...environment, DISPLAY: `:${number}` };
      return displayCommand(config, own, directories, memoryLog().log).slice(2);
    });
    const socket = connect({ path: join(x.folder, "rfb.sock") });
    const received: Buffer[] = [];
    socket.on("data", (chunk) => received.push(chunk));
    await once(socket, "connect");
    socket.write(Buffer.concat([Buffer.from("RFB 003.008\n"), Buffer.of(1, 1)]));
    return { socket, heard: () => Buffer.concat(received).toString("latin1") };
  }

  const cut = (text: string) => {
    const head = Buffer.from([6, 0, 0, 0, 0, 0, 0, 0]);
    head.writeUInt32BE(text.length, 4);
    return Buffer.concat([head, Buffer.from(text)]);
  };
  const pasted = async () => (await x.paste("UTF8_STRING")).toString();

  it("goes both ways by default", async () => {
    const { socket, heard } = await open({});
    socket.write(cut("into"));
    await eventually(async () => expect(await pasted()).toBe("into"));
    await x.copy("out of");
    await eventually(() => expect(heard()).toContain("out of"));
    socket.destroy();
  });

  it("does not enter a desktop that forbids it, even if a program of the desktop tries to allow it", async () => {
    const { socket, heard } = await open({ KASMIX_CLIPBOARD_UP: "0" });
    await allow(x.number, x.folder, "AcceptCutText");
    await x.copy("its own");
    socket.write(cut("smuggled"));
    await x.copy("out of");
    await eventually(() => expect(heard()).toContain("out of"));
    expect(await pasted()).toBe("out of");
    socket.write(cut("smuggled"));
    // The answer to this shows that everything before it has been handled.
    socket.write(Buffer.from([3, 0, 0, 0, 0, 0, 0, 16, 0, 16]));
    const before = heard().length;
    await eventually(() => expect(heard().length).toBeGreaterThan(before));
    expect(await pasted()).toBe("out of");
    socket.destroy();
  });

  it("does not leave a desktop that forbids it, even if a program of the desktop tries to allow it", async () => {
    const { socket, heard } = await open({ KASMIX_CLIPBOARD_DOWN: "0" });
    await allow(x.number, x.folder, "SendCutText");
    await x.copy("a secret");
    socket.write(cut("into"));
    await eventually(async () => expect(await pasted()).toBe("into"));
    expect(heard()).not.toContain("a secret");
    socket.destroy();
  });
});

/** A program of the desktop tries to allow it; it fails, or is missing. */
async function allow(number: number, folder: string, name: string): Promise<void> {
  const env = { ...process.env, DISPLAY: `:${number}`, XAUTHORITY: join(folder, "Xauthority") };
  const child = spawn("vncconfig", ["-set", `${name}=1`], { env, stdio: "ignore" });
  await new Promise((resolve) => child.once("exit", resolve).once("error", resolve));
}
