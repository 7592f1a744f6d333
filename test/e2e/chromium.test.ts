import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { callKasmix } from "../cli/kasmix.ts";
import { screenshot, visit } from "../helpers/browser.ts";
import { startContainer, type TestContainer } from "../helpers/container.ts";
import { eventually, PATIENCE } from "../helpers/eventually.ts";
import { loadImage } from "../helpers/image.ts";
import { askLauncher, pagesOf, pageTitles } from "../helpers/pages.ts";
import { coloursOf } from "../helpers/picture.ts";
import { sharedBrowser } from "../helpers/shared.ts";
import { PAGE_COLOUR, startWeb, type Web } from "../helpers/web.ts";

describe("the workspace chromium", () => {
  let browser: Browser;
  let container: TestContainer;
  let web: Web;
  let site: string;

  beforeAll(async () => {
    browser = await sharedBrowser();
    web = await startWeb(({ url }, response) => {
      if (url !== "/away") return false;
      response.writeHead(302, { Location: `http://${web.host.replace(/\d+$/, "254")}/secret` }).end();
      return true;
    });
    const image = await loadImage("chromium");
    site = web.site;
    const environment = { KASMIX_EGRESS_ALLOW: web.host, START_URL: `${site}/first` };
    const engineOptions = Object.entries(environment).flatMap(([name, value]) => [
      "--env",
      `${name}=${value}`,
    ]);
    container = await startContainer({ image, engineOptions });
    await settled();
  });

  afterAll(async () => {
    await container?.remove();
    web?.close();
  });

  test("starts with START_URL, and the desktop shows it", async () => {
    await eventually(async () => expect(await title()).toBe("first"), { timeout: PATIENCE });
    const { page } = await visit(browser, container.url, container.settings.password);
    await eventually(
      async () => {
        const picture = await screenshot(page);
        const middle = { left: 200, top: 300, right: 1000, bottom: 600 };
        expect(coloursOf(picture, middle)[0]?.[0]).toBe(PAGE_COLOUR);
      },
      { timeout: PATIENCE },
    );
    await page.context().close();
  });

  test("the URL launcher navigates it and returns the frame", async () => {
    const { status, body } = await open(`${site}/second`);
    expect(status, JSON.stringify(body)).toBe(200);
    expect(body).toEqual({ ok: true, frameId: expect.stringMatching(/^[0-9A-F]{32}$/) });
    await eventually(async () => expect(await title()).toBe("second"), { timeout: PATIENCE });
  });

  test("the launcher refuses addresses by its policy, and requests without the token", async () => {
    for (const url of [
      "http://127.0.0.1:9222/json",
      "http://2130706433/",
      "http://169.254.169.254/",
      "file:///etc/passwd",
    ]) {
      expect(await open(url), url).toEqual({ status: 400, body: { error: "url rejected by policy" } });
    }
    for (const token of ["wrong", container.settings.password])
      expect(await open(`${site}/third`, token)).toEqual({ status: 401, body: { error: "unauthorized" } });
    expect(await title()).toBe("second");
    const log = (await container.log()).join("\n");
    expect(log).toContain('"reason":"loopback"');
    expect(log).not.toContain(container.settings.password);
  });

  test("the proxy refuses a redirect to an address that the policy refuses", async () => {
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

  test("it comes back after it was closed, with its address", async () => {
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

  test("it comes back after it was killed, in spite of its own locks", async () => {
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

  test("kasmixctl navigates the open page, without the token", async () => {
    const [page] = await pagesOf(container);
    expect(await container.exec("kasmixctl", "navigate", `${site}/by-kasmixctl`)).toBe("Opened in chromium");
    await eventually(async () => expect(await title()).toBe("by-kasmixctl"), { timeout: PATIENCE });
    expect((await pagesOf(container))[0]?.id).toBe(page?.id);
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
    const { exitCode, stdout } = await callKasmix(["open", workspace, url, "--json"]);
    expect(exitCode).toBe(0);
    const opened = { app: "chromium", frameId: expect.stringMatching(/^[0-9A-F]{32}$/) };
    expect(JSON.parse(stdout)).toEqual({ workspace, url, ...opened });
    await eventually(async () => expect(await title()).toBe("from-outside"), { timeout: PATIENCE });
    const refused = await callKasmix(["open", workspace, "http://169.254.169.254/", "--json"]);
    expect(refused.exitCode).toBe(7);
    expect(JSON.parse(refused.stdout).error).toMatchObject({
      code: "E_NOT_READY",
      faults: [{ path: "metadata" }],
    });
  });

  test("a stop ends it in order, and it does not offer to restore pages afterwards", async () => {
    await container.exec("kasmixctl", "stop", "chromium");
    const { profile } = JSON.parse(await container.shell("cat ~/.config/chromium/Default/Preferences"));
    expect(profile.exit_type).toBe("SessionEnded");
    const [last] = (await container.log())
      .filter((line) => /"chromium".*"to":"stopped"/.test(line))
      .slice(-1);
    expect(JSON.parse(last ?? "{}")).toMatchObject({ code: 0, signal: null });
    await container.exec("kasmixctl", "start", "chromium");
  });

  test("a stopped browser starts only for an address that the policy accepts", async () => {
    await container.exec("kasmixctl", "stop", "chromium");
    const refused = await container.attempt("kasmixctl", "navigate", "http://2130706433/");
    expect(refused.exitCode).toBe(1);
    expect((await container.services()).chromium?.status).toBe("stopped");
    const answer = JSON.parse(await container.exec("kasmixctl", "navigate", `${site}/woken`, "--json"));
    expect(answer).toEqual({ app: "chromium", frameId: expect.stringMatching(/^[0-9A-F]{32}$/) });
    await eventually(async () => expect(await title()).toBe("woken"), { timeout: PATIENCE });
    expect(await titles()).toHaveLength(1);
    await settled();
    expect(await audited("/woken")).toMatchObject([{ who: "control", status: 200 }]);
    expect((await container.log()).join("\n")).not.toContain(container.settings.password);
  });

  /** Waits until Chromium shows its window. */
  async function settled(): Promise<void> {
    const look = async () => expect((await container.services()).chromium?.status).toBe("ready");
    await eventually(look, { timeout: PATIENCE });
  }

  /** Title of the page that the launcher controls; its debugger listens only inside the container. */
  async function title(): Promise<string | undefined> {
    return (await titles())[0];
  }

  const titles = () => pageTitles(container);

  /** The log's requests for a path of the site. */
  async function audited(path: string): Promise<object[]> {
    return (await container.log())
      .filter((line) => line.includes('"launcher.request"'))
      .map((line) => JSON.parse(line))
      .filter(({ url }) => url === site + path);
  }

  const open = (url: string, token?: string) =>
    askLauncher(container, url, token === undefined ? {} : { token });
});
