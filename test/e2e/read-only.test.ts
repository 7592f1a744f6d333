import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { launchBrowser, painted, visit } from "../helpers/browser.ts";
import { startContainer, type TestContainer } from "../helpers/container.ts";

/** What a pod of `kasmix manifest` has, as an engine's options. The last three are in every container of Kasmix. */
const HARDENED = [
  ...["--read-only", "--tmpfs", "/tmp", "--tmpfs", "/run"],
  ...["--cap-drop", "ALL", "--security-opt", "no-new-privileges"],
];

describe.each([
  ["uid 1000", HARDENED],
  ["any uid with group 0", [...HARDENED, "--user", "123456:0"]],
  [
    "nothing to write on but /tmp",
    HARDENED.filter((word, index) => HARDENED[index + 1] !== "/run" && word !== "/run"),
  ],
])("a root that cannot be written, no capability, %s", (_, engineOptions) => {
  let browser: Browser;
  let container: TestContainer;

  beforeAll(async () => {
    browser = await launchBrowser();
    container = await startContainer({ image: inject("image"), engineOptions });
  });

  afterAll(async () => {
    await browser?.close();
    await container?.remove();
  });

  test("the desktop is painted, and every service is there", async () => {
    const { page } = await visit(browser, container.url, container.settings.password);
    await painted(page);
    const services = Object.values(await container.services());
    expect(services.map(({ status, starts }) => [status, starts])).toEqual(services.map(() => ["ready", 1]));
  });

  test("the kernel has taken all of it away", async () => {
    const status = await container.exec("cat", "/proc/1/status");
    const nothing = "0000000000000000";
    for (const line of [`CapEff:\t${nothing}`, `CapPrm:\t${nothing}`, `CapBnd:\t${nothing}`]) {
      expect(status).toContain(line);
    }
    expect(status).toContain("NoNewPrivs:\t1");
    expect(status).toContain("Seccomp:\t2");
    const written = await container.attempt("sh", "-c", "touch /etc/new /usr/new /opt/new /var/tmp/new");
    expect(written.stderr.match(/Read-only file system|Permission denied/g)).toHaveLength(4);
    expect(await container.inspect("{{.HostConfig.ReadonlyRootfs}}")).toBe("true");
  });

  test("what runs in it complains of nothing", async () => {
    const lines = (await container.log()).filter((line) => /"level":"(warn|error|fatal)"/.test(line));
    expect(lines).toEqual([]);
  });
});
