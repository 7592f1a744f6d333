import { join } from "node:path";
import { expect, it, onTestFinished, vi } from "vitest";
import { readCookie } from "../../../src/runtime/boot/xauthority.ts";
import { openSelection } from "../../../src/runtime/clipboard/selection.ts";
import { canRunX, startXServer } from "./x-server.ts";

// Each request to the clipboard also waited for the connection's end, and stayed in memory until then.
it.runIf(canRunX)("requests to the clipboard leave nothing in memory", async () => {
  const x = await startXServer();
  onTestFinished(x.stop);
  const cookie = readCookie(join(x.folder, "Xauthority"), x.number);
  const path = `/tmp/.X11-unix/X${x.number}`;
  const selection = await openSelection({ path, cookie, limit: 1024, onChange: () => {} });
  const waits = vi.spyOn(selection.ended, "then");
  await x.copy("text");
  expect(await selection.types()).toEqual(["text/plain"]);
  expect(String(await selection.take("text/plain"))).toBe("text");
  await selection.give(new Map([["text/plain", Buffer.from("mine")]]));
  expect(waits).not.toHaveBeenCalled();
});

it.runIf(canRunX)("requests to the clipboard fail when the display ends", async () => {
  const x = await startXServer();
  const cookie = readCookie(join(x.folder, "Xauthority"), x.number);
  const path = `/tmp/.X11-unix/X${x.number}`;
  const selection = await openSelection({ path, cookie, limit: 1024, onChange: () => {} });
  await x.stop();
  await selection.ended;
  await expect(selection.types()).rejects.toThrow();
  await expect(selection.give(new Map([["text/plain", Buffer.from("mine")]]))).rejects.toThrow("has ended");
});
