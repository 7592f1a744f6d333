import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { networkInterfaces } from "node:os";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { kasmix } from "../cli/kasmix.ts";
import { launchBrowser, visit } from "../helpers/browser.ts";
import { startContainer, type TestContainer } from "../helpers/container.ts";
import { eventually, PATIENCE } from "../helpers/eventually.ts";
import { loadImage } from "../helpers/image.ts";
import { coloursOf, decodePng } from "../helpers/picture.ts";

const GREEN = 0x12ab56;

interface Target {
  readonly id: string;
  readonly type: string;
  readonly title: string;
}

describe("the workspace chromium", () => {
  let browser: Browser;
  let container: TestContainer;
  let web: Server;
  /** Where the container finds the test's web server: the one private address that the policy lets in here. */
  let host: string;
  let site: string;

  beforeAll(async () => {
    browser = await launchBrowser();
    web = createServer((request, response) => {
      if (request.url === "/away") {
        response.writeHead(302, { Location: `http://${host.replace(/\d+$/, "254")}/secret` }).end();
        return;
      }
      const title = decodeURIComponent(request.url?.slice(1) ?? "");
      response.setHeader("Content-Type", "text/html");
      response.end(`<title>${title}</title><body style="background:#12ab56">`);
    }).listen(0, "0.0.0.0");
    await once(web, "listening");
    const image = await loadImage("chromium");
    host = gateway();
    site = `http://${host}:${(web.address() as AddressInfo).port}`;
    const environment = { KASMIX_EGRESS_ALLOW: host, START_URL: `${site}/first` };
    const engineOptions = Object.entries(environment).flatMap(([name, value]) => [
      "--env",
      `${name}=${value}`,
    ]);
    container = await startContainer({ image, engineOptions });
    await settled();
  });

  afterAll(async () => {
    await browser?.close();
    await container?.remove();
    web?.close();
  });

  test("starts with START_URL, and the desktop shows it", async () => {
    await eventually(async () => expect(await title()).toBe("first"), { timeout: PATIENCE });
    const { page } = await visit(browser, container.url, container.settings.password);
    await eventually(
      async () => {
        const picture = decodePng(await page.screenshot());
        const middle = { left: 200, top: 300, right: 1000, bottom: 600 };
        expect(coloursOf(picture, middle)[0]?.[0]).toBe(GREEN);
      },
      { timeout: PATIENCE },
    );
    await page.context().close();
  });

  test("the URL launcher navigates it, and says which frame", async () => {
    const { status, body } = await open(`${site}/second`);
    expect(status, JSON.stringify(body)).toBe(200);
    expect(body).toEqual({ ok: true, frameId: expect.stringMatching(/^[0-9A-F]{32}$/) });
    await eventually(async () => expect(await title()).toBe("second"), { timeout: PATIENCE });
  });

  test("the launcher refuses what the policy does, and who has no token", async () => {
    for (const url of [
      "http://127.0.0.1:9222/json",
      "http://2130706433/",
      "http://169.254.169.254/",
      "file:///etc/passwd",
    ]) {
      expect(await open(url), url).toEqual({ status: 400, body: { error: "url rejected by policy" } });
    }
    expect(await open(`${site}/third`, "wrong")).toEqual({ status: 401, body: { error: "unauthorized" } });
    expect(await title()).toBe("second");
    const log = (await container.log()).join("\n");
    expect(log).toContain('"reason":"loopback"');
    expect(log).not.toContain(container.settings.password);
  });

  test("a redirect to an address that the policy refuses ends at the proxy", async () => {
    await open(`${site}/away`);
    await eventually(
      async () => expect((await container.log()).join("\n")).toMatch(/"event":"egress\.\w+".*\.254/),
      {
        timeout: PATIENCE,
      },
    );
  });

  test("custom_startup.sh --go opens a tab in it", async () => {
    await container.exec("/dockerstartup/custom_startup.sh", "--go", "--url", `${site}/tab`);
    await eventually(async () => expect(await titles()).toContain("tab"), { timeout: PATIENCE });
  });

  test("closed it comes back, with its address", async () => {
    const { starts = 0 } = (await container.services()).chromium ?? {};
    await container.exec("wmctrl", "-c", "Chromium");
    await eventually(
      async () => expect((await container.services()).chromium?.starts).toBeGreaterThan(starts),
      {
        timeout: PATIENCE,
      },
    );
    await settled();
    await eventually(async () => expect(await titles()).toContain("first"), { timeout: PATIENCE });
  });

  test("killed it comes back over its own locks", async () => {
    const { pid } = (await container.services()).chromium ?? {};
    expect(await container.shell("readlink ~/.config/chromium/SingletonLock")).toBe(`kasm-${pid}`);
    await container.exec("kill", "-KILL", String(pid));
    await eventually(async () => expect((await container.services()).chromium?.pid).not.toBe(pid), {
      timeout: PATIENCE,
    });
    await settled();
    const later = (await container.services()).chromium?.pid;
    expect(await container.shell("readlink ~/.config/chromium/SingletonLock")).toBe(`kasm-${later}`);
  });

  test("kasmixctl navigates the page that is there, without the token", async () => {
    const [page] = await pages();
    expect(await container.exec("kasmixctl", "navigate", `${site}/by-kasmixctl`)).toBe("Opened in chromium");
    await eventually(async () => expect(await title()).toBe("by-kasmixctl"), { timeout: PATIENCE });
    expect((await pages())[0]?.id).toBe(page?.id);
    expect(await audited("/by-kasmixctl")).toMatchObject([{ who: "control", status: 200 }]);
  });

  test("kasmixctl says why the policy refuses an address", async () => {
    const { exitCode, stderr } = await container.attempt(
      "kasmixctl",
      "navigate",
      "http://127.0.0.1:9222/json",
    );
    expect(exitCode).toBe(1);
    expect(stderr).toContain("own-port: 127.0.0.1, port 9222, is a service of this container.");
    expect(stderr).toContain("fix: ");
    expect(await title()).toBe("by-kasmixctl");
  });

  test("./kasmix open WORKSPACE URL does the same from outside", async () => {
    const { workspace } = container.settings;
    const url = `${site}/from-outside`;
    const { exitCode, stdout } = await kasmix(["open", workspace, url, "--json"]);
    expect(exitCode).toBe(0);
    const opened = { app: "chromium", opened: "page", frameId: expect.stringMatching(/^[0-9A-F]{32}$/) };
    expect(JSON.parse(stdout)).toEqual({ workspace, url, ...opened });
    await eventually(async () => expect(await title()).toBe("from-outside"), { timeout: PATIENCE });
    const refused = await kasmix(["open", workspace, "http://169.254.169.254/", "--json"]);
    expect(refused.exitCode).toBe(7);
    expect(JSON.parse(refused.stdout).error).toMatchObject({
      code: "E_NOT_READY",
      faults: [{ path: "metadata" }],
    });
  });

  // The last one: what it opens is a browser that the supervisor does not keep.
  test("without a browser what the policy accepts gets a window, and nothing else does", async () => {
    await container.exec("kasmixctl", "stop", "chromium");
    const refused = await container.attempt("kasmixctl", "navigate", "http://2130706433/");
    expect(refused.exitCode).toBe(1);
    expect((await container.attempt("pgrep", "-f", "remote-debugging-port")).ok).toBe(false);
    const answer = JSON.parse(await container.exec("kasmixctl", "navigate", `${site}/window`, "--json"));
    expect(answer).toEqual({ app: "chromium", opened: "window" });
    await eventually(async () => expect(await titles()).toContain("window"), { timeout: PATIENCE });
    expect(await audited("/window")).toMatchObject([{ status: 202, reason: "cdp-unreachable" }]);
    // From here on there is a page again.
    await container.exec("kasmixctl", "navigate", `${site}/steered`);
    await eventually(async () => expect(await titles()).toContain("steered"), { timeout: PATIENCE });
    expect((await container.log()).join("\n")).not.toContain(container.settings.password);
  });

  /** Waits until Chromium shows its window. */
  async function settled(): Promise<void> {
    const look = async () => expect((await container.services()).chromium?.status).toBe("ready");
    await eventually(look, { timeout: PATIENCE });
  }

  /** Title of the page that the launcher steers; its debugger listens inside the container only. */
  async function title(): Promise<string | undefined> {
    return (await titles())[0];
  }

  async function titles(): Promise<string[]> {
    return (await pages()).map((page) => page.title);
  }

  async function pages(): Promise<Target[]> {
    const ask = "fetch('http://127.0.0.1:9222/json/list').then(async (r) => console.log(await r.text()))";
    const targets = JSON.parse(await container.exec("node", "-e", ask)) as Target[];
    return targets.filter(({ type }) => type === "page");
  }

  /** What the log tells of the requests for a path of the site. */
  async function audited(path: string): Promise<object[]> {
    return (await container.log())
      .filter((line) => line.includes('"launcher.request"'))
      .map((line) => JSON.parse(line))
      .filter(({ url }) => url === site + path);
  }

  /** Asks the launcher as the dashboard does, from outside of the container. */
  async function open(url: string, token = container.settings.password) {
    const address = await container.inspect("{{.NetworkSettings.IPAddress}}");
    const response = await fetch(`http://${address}:9998/open`, {
      method: "POST",
      headers: { Authorization: `Bearer ${token}` },
      body: JSON.stringify({ url }),
    });
    return { status: response.status, body: await response.json() };
  }
});

/** This machine's address on Docker's network of containers. */
function gateway(): string {
  const address = networkInterfaces().docker0?.find(({ family }) => family === "IPv4")?.address;
  if (address === undefined) throw new Error("this machine has no docker0");
  return address;
}
