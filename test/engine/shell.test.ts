import { expect, it } from "vitest";
import { NOT_FOUND, openShell } from "../../src/engine/shell.ts";

it("quotes what is put into a command, and takes a failure for an outcome", async () => {
  const shell = await openShell({ environment: { GREETING: "hi" } });
  const words = ["a b", "$(exit 9)", "it's", "\n", ""];
  const { ok, stdout } = await shell`printf '<%s>' ${words} "$GREETING"; exit 3`;
  expect(ok).toBe(false);
  expect(stdout).toBe("<a b><$(exit 9)><it's><\n><><hi>");
  expect((await shell`kasmix-no-such-program`).exitCode).toBe(NOT_FOUND);
});

it("gives a command no input, and ends it when it is interrupted", async () => {
  expect((await (await openShell())`cat`).ok).toBe(true);
  const controller = new AbortController();
  const shell = await openShell({ signal: controller.signal });
  const running = shell`echo started; exec sleep 1000`;
  running.stdout.once("data", () => controller.abort());
  expect((await running).ok).toBe(false);
});
