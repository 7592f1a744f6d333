import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { setLayout } from "../../../../src/runtime/session/keyboard/layout.ts";
import { canRunX, noX, startXServer } from "../../clipboard/x-server.ts";
import { memoryLog } from "../../memory-log.ts";

const canRun = canRunX && existsSync("/usr/bin/setxkbmap");

describe.runIf(canRun)(`the layout of a new display${noX}`, () => {
  const memory = memoryLog();
  let server: Awaited<ReturnType<typeof startXServer>>;

  beforeEach(async () => {
    memory.records.length = 0;
    server = await startXServer();
  });

  afterEach(() => server.stop());

  const set = (variables: NodeJS.ProcessEnv) =>
    setLayout({ ...server.environment, ...variables }, memory.log);

  const layout = () =>
    execFileSync("setxkbmap", ["-query"], { env: server.environment, encoding: "utf8" })
      .split("\n")
      .flatMap((line) => (/^(layout|variant|options):\s+(.*)/.exec(line) ?? []).slice(2))
      .join(" ");

  it("is American without a variable", async () => {
    await set({ XKB_DEFAULT_LAYOUT: "" });
    expect(layout()).toBe("us");
  });

  it("is what the variables name", async () => {
    await set({
      XKB_DEFAULT_LAYOUT: "de,us",
      XKB_DEFAULT_VARIANT: "nodeadkeys,",
      XKB_DEFAULT_OPTIONS: "compose:menu",
    });
    expect(layout()).toBe("de,us nodeadkeys, compose:menu");
    expect(memory.records).toEqual([]);
  });

  it("stays where there is no such layout, and the log says where to look", async () => {
    await set({ XKB_DEFAULT_LAYOUT: "xyz" });
    expect(layout()).toBe("us");
    expect(memory.records).toMatchObject([
      { event: "keyboard.layout", message: expect.stringMatching(/-layout xyz: .+base\.lst/) },
    ]);
  });
});
