import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readCookie } from "../../../src/runtime/boot/xauthority.ts";
import { clearClipboard } from "../../../src/runtime/kasm-api/clear-clipboard.ts";
import { canRunX, noX, startXServer } from "../clipboard/x-server.ts";

describe.runIf(canRunX)(`the clipboard of a real desktop${noX}`, () => {
  let x: Awaited<ReturnType<typeof startXServer>>;

  beforeAll(async () => {
    x = await startXServer();
  });

  afterAll(() => x?.stop());

  const display = () => ({
    path: `/tmp/.X11-unix/X${x.number}`,
    readCookie: () => readCookie(join(x.folder, "Xauthority"), x.number),
  });

  it("is empty after it was cleared, and can be used again", async () => {
    await x.copy("a secret");
    await clearClipboard(display());
    await expect(x.paste("UTF8_STRING")).rejects.toThrow();
    await clearClipboard(display());
    await x.copy("no secret");
    expect(String(await x.paste("UTF8_STRING"))).toBe("no secret");
  });

  it("cannot be cleared without an X server", async () => {
    await expect(clearClipboard({ ...display(), path: "/tmp/.X11-unix/X4711" })).rejects.toThrow();
  });
});
