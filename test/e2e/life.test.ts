import { setTimeout as delay } from "node:timers/promises";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { painted, stateIs, visit } from "../helpers/browser.ts";
import { createContainer, type ServiceState, type TestContainer } from "../helpers/container.ts";
import { eventually, PATIENCE } from "../helpers/eventually.ts";
import { certificate } from "../helpers/gateway.ts";
import { sharedBrowser } from "../helpers/shared.ts";
import { signIn } from "../helpers/sign-in.ts";

const SERVICES = ["session-bus", "display", "desktop", "sound"] as const;

describe("a container's life", () => {
  let browser: Browser;
  let container: TestContainer;

  beforeAll(async () => {
    browser = await sharedBrowser();
    container = await createContainer({ image: inject("image") });
  });

  afterAll(() => container?.remove());

  test("exec works at every moment from the container's start until the desktop is ready", async () => {
    const exec = watchExec(container);
    await container.start();
    await container.ready();
    const { tried, failures } = await exec.stop();
    expect(failures).toEqual([]);
    expect(tried).toBeGreaterThan(0);
  });

  test.each(SERVICES)(
    "%s comes back after it was killed, exec works meanwhile, and the browser paints again",
    async (name) => {
      const { page } = await visit(browser, container.url, container.settings.password);
      await painted(page);
      const exec = watchExec(container);
      const { pid, starts } = await serviceOf(name);
      await container.exec("kill", "-KILL", String(pid));
      await eventually(
        async () => {
          const services = await container.services();
          expect(services[name]?.starts).toBeGreaterThan(starts);
          expect(Object.values(services).map(({ status }) => status)).toEqual(SERVICES.map(() => "ready"));
        },
        { timeout: PATIENCE },
      );
      await stateIs(page, "connected");
      await painted(page, `after-killing-${name}`);
      await opensTerminal(page, container);
      expect((await exec.stop()).failures).toEqual([]);
      expect(await container.inspect("{{.State.Running}} {{.RestartCount}}")).toBe("true 0");
      await page.context().close();
    },
  );

  test("a restart keeps home, certificate and sessions: an open page reconnects by itself", async () => {
    const { page } = await visit(browser, container.url, container.settings.password);
    await container.shell("echo kept > ~/kept.txt");
    const before = await certificate(container.settings.port);
    await container.engine.run(["restart", container.name]);
    await stateIs(page, "reconnecting");
    await container.ready();
    await stateIs(page, "connected");
    await painted(page, "after-the-restart");
    await page.reload();
    await stateIs(page, "connected");
    expect(await container.shell("cat ~/kept.txt")).toBe("kept");
    expect(await certificate(container.settings.port)).toBe(before);
    await page.context().close();
  });

  test("it starts again after a kill, whatever that left behind, and an open page reconnects", async () => {
    const { page } = await visit(browser, container.url, container.settings.password);
    await container.engine.run(["kill", "--signal", "KILL", container.name]);
    await container.engine.run(["start", container.name]);
    await container.ready();
    expect(await container.shell("cat ~/kept.txt")).toBe("kept");
    await stateIs(page, "connected");
    await painted(page, "after-the-crash");
    await page.context().close();
  });

  test("a new container on the same volume has the same home and certificate, and no sessions", async () => {
    const { page } = await visit(browser, container.url, container.settings.password);
    const before = await certificate(container.settings.port);
    const id = await container.inspect("{{.Id}}");
    await container.remove({ keepHome: true });
    await container.start();
    await container.ready();
    expect(await container.inspect("{{.Id}}")).not.toBe(id);
    expect(await container.shell("cat ~/kept.txt")).toBe("kept");
    expect(await certificate(container.settings.port)).toBe(before);
    await stateIs(page, "disconnected");
    await page.getByRole("button", { name: "Reload page" }).click();
    await page.getByLabel("Password").waitFor();
    await signIn(page, container.settings.password);
    await stateIs(page, "connected");
    await page.context().close();
  });

  test("it stops by itself within the time that engines give, with the exit code 0", async () => {
    await container.engine.run(["stop", "--time", "30", container.name]);
    expect(await container.inspect("{{.State.ExitCode}} {{.State.OOMKilled}}")).toBe("0 false");
  });

  async function serviceOf(name: string): Promise<ServiceState> {
    const service = (await container.services())[name];
    if (service === undefined) throw new Error(`there is no service ${name}`);
    return service;
  }
});

/** Checks that keys reach the desktop's programs. */
async function opensTerminal(page: Page, container: TestContainer): Promise<void> {
  // Press it once: it was lost when the very first key made the desktop register its shortcuts again.
  await page.keyboard.press("Control+Alt+t");
  await container.shows("Terminal");
  await container.closeWindows("Terminal");
}

/** Milliseconds between two of the commands below, which are not to take the processor from the desktop. */
const EXEC_PAUSE = 250;

/** Runs `true` in a container again and again; a failure counts when the container was running before. */
function watchExec(container: TestContainer) {
  const failures: string[] = [];
  let tried = 0;
  let stopped = false;
  const loop = async () => {
    while (!stopped) {
      const running = await container.inspect("{{.State.Running}}").catch(() => "false");
      if (running !== "true") continue;
      const { ok, stderr } = await container.attempt("true");
      tried++;
      if (!ok) failures.push(stderr);
      await delay(EXEC_PAUSE);
    }
  };
  const done = loop();
  return {
    async stop() {
      stopped = true;
      await done;
      return { tried, failures };
    },
  };
}
