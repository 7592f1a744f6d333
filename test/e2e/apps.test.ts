import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from "vitest";
import { startContainer, type TestContainer } from "../helpers/container.ts";
import { eventually, PATIENCE } from "../helpers/eventually.ts";

const TITLE = "Kept open";
const APP = {
  name: "keeper",
  title: TITLE,
  command: ["xfce4-terminal", "--disable-server", "--title", TITLE],
  autostart: true,
  restart: "always",
  maximize: true,
  ready: { window: TITLE },
};

describe("an app that starts with the desktop", () => {
  let folder: string;
  let container: TestContainer;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "kasmix-apps-"));
    // The container runs as another user.
    chmodSync(folder, 0o755);
    writeFileSync(join(folder, "workspace.json"), JSON.stringify({ apps: [APP] }));
  });

  afterEach(() => container?.remove());

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function start(...variables: string[]): Promise<void> {
    const environment = ["KASMIX_CONFIG=/apps/workspace.json", ...variables];
    container = await startContainer({
      image: inject("image"),
      engineOptions: [...environment.flatMap((one) => ["--env", one]), "--volume", `${folder}:/apps:ro`],
    });
  }

  const statusIs = (status: string) =>
    eventually(async () => expect((await container.services()).keeper?.status).toBe(status), {
      timeout: PATIENCE,
    });

  /** The state of its window. */
  async function windowState(): Promise<string> {
    return container.exec("xprop", "-name", TITLE, "_NET_WM_STATE");
  }

  const maximised = () =>
    eventually(async () => expect(await windowState()).toMatch(/MAXIMIZED_VERT|MAXIMIZED_HORZ/), {
      timeout: PATIENCE,
    });

  test("has a maximised window, also after it comes back", async () => {
    await start();
    await statusIs("ready");
    await maximised();
    const { starts = 0 } = (await container.services()).keeper ?? {};
    await container.exec("wmctrl", "-c", TITLE);
    await eventually(
      async () => expect((await container.services()).keeper?.starts).toBeGreaterThan(starts),
      {
        timeout: PATIENCE,
      },
    );
    await statusIs("ready");
    await maximised();
  });

  test("keeps its size with MAXIMIZE=false", async () => {
    await start("MAXIMIZE=false");
    await statusIs("ready");
    expect(await windowState()).not.toContain("MAXIMIZED");
  });

  test("is not started with DISABLE_CUSTOM_STARTUP until somebody launches it", async () => {
    await start("DISABLE_CUSTOM_STARTUP=1");
    await statusIs("stopped");
    expect(await container.exec("kasmixctl", "launch", "keeper")).toContain("Opened in keeper");
    await statusIs("ready");
    expect((await container.services()).keeper?.starts).toBe(1);
  });
});
