import { afterEach, describe, expect, test, vi } from "vitest";
import { detectEngine, probeEngine } from "../../src/engine/detect.ts";
import { kasmix } from "../cli/kasmix.ts";
import { launchBrowser, painted, visit } from "../helpers/browser.ts";
import { startContainer } from "../helpers/container.ts";

const podman = await probeEngine("podman");
const canRun = podman.state === "ok";

describe.runIf(canRun)(canRun ? "under Podman" : `under Podman (not run: ${podman.detail})`, () => {
  afterEach(() => vi.unstubAllEnvs());

  test("the same image loads and runs, and its desktop is painted", async () => {
    vi.stubEnv("KASMIX_ENGINE", "podman");
    const { exitCode, stdout, stderr } = await kasmix(["load", "desktop", "--json"]);
    expect(exitCode, stderr).toBe(0);
    const { image, digest } = JSON.parse(stdout);
    const engine = await detectEngine();
    const container = await startContainer({ image: { tag: image, digest }, engine });
    const browser = await launchBrowser();
    try {
      const { page } = await visit(browser, container.url, container.settings.password);
      await painted(page, "podman");
      expect(await container.shell("echo $HOME")).toBe("/home/kasm-user");
    } finally {
      await browser.close();
      await container.remove();
    }
  });
});
