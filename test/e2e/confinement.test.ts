import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from "vitest";
import { launchBrowser, painted, visit } from "../helpers/browser.ts";
import { startContainer, type TestContainer } from "../helpers/container.ts";

describe("a container with less than usual", () => {
  let browser: Browser;
  let container: TestContainer | undefined;

  beforeAll(async () => {
    browser = await launchBrowser();
  });

  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
    await container?.remove();
    container = undefined;
  });

  afterAll(() => browser?.close());

  async function start(...engineOptions: string[]): Promise<TestContainer> {
    container = await startContainer({ image: inject("image"), engineOptions });
    return container;
  }

  async function shows(name: string, { url, settings }: TestContainer): Promise<void> {
    const { page } = await visit(browser, url, settings.password);
    await painted(page, name);
  }

  test("it needs no capability, no new privileges and no exception from the engine's system call filter", async () => {
    const plain = await start();
    const rights = await plain.shell(
      "grep -E '^(Cap|NoNewPrivs|Seccomp:)' /proc/1/status | tr -d '[:space:]'",
    );
    const none = "0".repeat(16);
    expect(rights).toBe(
      `CapInh:${none}CapPrm:${none}CapEff:${none}CapBnd:${none}CapAmb:${none}NoNewPrivs:1Seccomp:2`,
    );
    expect(await plain.shell("id -u")).toBe("1000");
  });

  test("a read-only root with /tmp and /run in memory is enough", async () => {
    const readOnly = await start("--read-only", "--tmpfs", "/tmp:mode=1777", "--tmpfs", "/run");
    expect((await readOnly.attempt("touch", "/etc/written")).ok).toBe(false);
    await readOnly.shell("echo kept > ~/kept.txt");
    await shows("read-only", readOnly);
  });

  test("an arbitrary user id in group 0 gets a desktop, a writable home and working exec", async () => {
    const foreign = await start("--user", "4711:0");
    expect(await foreign.shell("id -u; echo kept > ~/kept.txt; cat ~/kept.txt")).toBe("4711\nkept");
    await shows("arbitrary-user", foreign);
  });
});
