import { randomBytes } from "node:crypto";
import { existsSync, statSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { request } from "node:https";
import { join } from "node:path";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { buildClient } from "../../src/client/build.ts";
import { openDownloads } from "../../src/runtime/downloads/open.ts";
import { loadAssets } from "../../src/runtime/gateway/assets.ts";
import { Authenticator } from "../../src/runtime/gateway/auth.ts";
import { basePath } from "../../src/runtime/gateway/base-path.ts";
import { trustedProxies } from "../../src/runtime/gateway/client-address.ts";
import { openIdentity } from "../../src/runtime/gateway/live-identity.ts";
import { wantsPlainHttp } from "../../src/runtime/gateway/plain-http.ts";
import { startGateway } from "../../src/runtime/gateway/server.ts";
import { createWebsockify } from "../../src/runtime/gateway/websockify.ts";
import { sidePorts } from "../../src/runtime/side/ports.ts";
import type { SideOptions } from "../../src/runtime/side/service.ts";
import { openUploads } from "../../src/runtime/uploads/open.ts";
import { HEADLESS } from "../helpers/chromium.ts";
import { eventually, PATIENCE } from "../helpers/eventually.ts";
import { freePort } from "../helpers/free-port.ts";
import { goTo } from "../helpers/go-to.ts";
import { shoot } from "../helpers/shoot.ts";
import { signIn } from "../helpers/sign-in.ts";
import { startXServer } from "../runtime/clipboard/x-server.ts";
import { memoryLog } from "../runtime/memory-log.ts";
import { missingPrograms } from "./desktop.ts";
import { overflowing } from "./inspect.ts";
import {
  examples,
  missingProxies,
  nginxWith,
  type RunningProxy,
  replaced,
  startCaddy,
  startNginx,
} from "./reverse-proxy.ts";

const screenshots = join(import.meta.dirname, "../../test-output/client");
const missing = [...missingPrograms, ...missingProxies];
const title = missing.length === 0 ? "behind a reverse proxy" : `behind a proxy (no ${missing.join(", ")})`;

describe.runIf(missing.length === 0)(title, () => {
  let browser: Browser;
  let x: Awaited<ReturnType<typeof startXServer>>;
  /** A workspace with the variables of the documentation's other ways, and one without. */
  let [behind, usual]: Workspace[] = [];
  const proxies: RunningProxy[] = [];

  beforeAll(async () => {
    await mkdir(screenshots, { recursive: true });
    x = await startXServer((folder) => [
      ...["-rfbunixpath", join(folder, "rfb.sock"), "-rfbport", "-1"],
      ...["-SecurityTypes", "None", "-noreset"],
    ]);
    await buildClient(join(x.folder, "www"));
    const variables = {
      KASMIX_TLS: "0",
      KASMIX_BASE_PATH: "/desk/",
      KASMIX_TRUSTED_PROXIES: "127.0.0.1",
    };
    [behind, usual] = await Promise.all([openWorkspace(x.folder, variables), openWorkspace(x.folder, {})]);
    const args = [...HEADLESS.args, "--host-resolver-rules=MAP desk.example 127.0.0.1"];
    browser = await chromium.launch({ ...HEADLESS, args });
  });

  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
  });

  afterAll(async () => {
    await browser?.close();
    for (const proxy of proxies) await proxy.stop();
    behind?.close();
    usual?.close();
    await x?.stop();
  });

  async function nginx(...sites: string[]): Promise<readonly number[]> {
    const proxy = await startNginx(sites);
    proxies.push(proxy);
    return proxy.ports;
  }

  async function caddy(...sites: string[]): Promise<readonly number[]> {
    const proxy = await startCaddy(sites);
    proxies.push(proxy);
    return proxy.ports;
  }

  const to = (workspace: Workspace | undefined, site: string) =>
    replaced(site, "127.0.0.1:6901", `127.0.0.1:${workspace?.port}`);

  async function open(address: string, options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext({
      ignoreHTTPSErrors: true,
      ...options,
    });
    const page = await context.newPage();
    await goTo(page, address);
    await signIn(page, "secret");
    return page;
  }

  const says = (page: Page, text: string) =>
    eventually(async () => expect(await page.textContent("#status-detail")).toContain(text));
  const connects = (page: Page) =>
    eventually(async () => expect(await page.getAttribute("html", "data-state")).toBe("connected"), {
      timeout: PATIENCE,
    });

  /** Chooses a file of so many bytes in the panel. */
  async function upload(page: Page, name: string, size: number): Promise<void> {
    const path = join(x.folder, name);
    await writeFile(path, randomBytes(size));
    if (await page.locator("#panel").isHidden()) await page.locator("#handle").click();
    await page.locator("#groups-files input[type=file]").first().setInputFiles(path);
  }

  const arrives = (workspace: Workspace | undefined, name: string, size: number) =>
    eventually(() => expect(statSync(join(workspace?.home ?? "", "Uploads", name)).size).toBe(size));
  const note = (page: Page) => page.locator(".upload-notes").first().textContent();

  /** The desktop's picture, its files and changes work below this address. */
  async function works(workspace: Workspace | undefined, address: string, name: string): Promise<void> {
    const page = await open(address);
    await connects(page);
    await upload(page, name, 5_000_000);
    await arrives(workspace, name, 5_000_000);
    await page.context().close();
  }

  test("nginx as in the documentation: https, plain HTTP, a path that it removes or leaves", async () => {
    const [whole = "", plain = "", removed = "", left = ""] = examples("nginx");
    const sites = [
      to(usual, whole),
      to(behind, nginxWith(plain)),
      to(usual, nginxWith(removed)),
      to(behind, nginxWith(left)),
    ];
    const [first, second, third, fourth] = await nginx(...sites);
    await Promise.all([
      works(usual, `https://desk.example:${first}/`, "nginx-https"),
      works(behind, `https://desk.example:${second}/`, "nginx-plain"),
      works(usual, `https://desk.example:${third}/desk`, "nginx-removed"),
      works(behind, `https://desk.example:${fourth}/desk`, "nginx-left"),
    ]);
    // The trusted proxy tells visitors apart: the pause after wrong passwords is the guesser's alone.
    const guess = (from: string) => status(second ?? 0, from, "wrong");
    await eventually(async () => expect(await guess("127.0.0.8")).toBe(429));
    expect(await guess("127.0.0.9")).toBe(401);
  });

  test("Caddy as in the documentation: https, plain HTTP, a path that it removes or leaves", async () => {
    const [whole = "", plain = "", removed = "", left = ""] = examples("caddyfile");
    const sites = [to(usual, whole), to(behind, plain), to(usual, removed), to(behind, left)];
    const [first, second, third, fourth] = await caddy(...sites);
    await Promise.all([
      works(usual, `https://desk.example:${first}/`, "caddy-https"),
      works(behind, `https://desk.example:${second}/`, "caddy-plain"),
      works(usual, `https://desk.example:${third}/desk`, "caddy-removed"),
      works(behind, `https://desk.example:${fourth}/desk`, "caddy-left"),
    ]);
  });

  /** 5 MB said "larger than this workspace accepts" and offered a retry that could not help. */
  test("uploads shrink to what the proxy takes; where even that is too much, the panel says so", async () => {
    const [whole = ""] = examples("nginx");
    const limited = (limit: string) => to(usual, replaced(whole, /client_max_body_size +0;/, limit));
    const sites = ["", "client_max_body_size 200k;", "client_max_body_size 20k;"].map(limited);
    const [usually, little, tiny] = await nginx(...sites);
    const bring = async (port: number | undefined, name: string, size: number) => {
      const page = await open(`https://desk.example:${port}/?lang=de`);
      await connects(page);
      await upload(page, name, size);
      return page;
    };
    const [, , third] = await Promise.all([
      bring(usually, "five", 5_000_000).then(() => arrives(usual, "five", 5_000_000)),
      // It would have been one request.
      bring(little, "half", 500_000).then(() => arrives(usual, "half", 500_000)),
      bring(tiny, "refused", 500_000),
    ]);
    await eventually(async () =>
      expect(await note(third)).toBe(
        "refused: ein Proxy vor dem Arbeitsplatz lehnt selbst 64.0\u00a0kB auf einmal ab",
      ),
    );
    expect(await third.getByRole("button", { name: "Wiederholen" }).isHidden()).toBe(true);
    await shoot(third, join(screenshots, "proxy-refuses-upload.png"));
    expect(existsSync(join(usual?.home ?? "", "Uploads", "refused"))).toBe(false);
  });

  /** Both said for ever that the desktop is not ready yet, and the log said nothing. */
  test("what a proxy does to the connection is said on the page, and the log names the setting", async () => {
    const [whole = ""] = examples("nginx");
    const site = (part: string | RegExp, by: string) => to(usual, replaced(whole, part, by));
    const sites = [
      site(/^.*proxy_set_header Host.*\n/m, ""),
      site(/^.*proxy_set_header (Upgrade|Connection) .*\n.*proxy_set_header Connection .*\n/m, ""),
      site("  location / {", "  location = /websockify { return 403; }\n  location / {"),
      replaced(whole, "127.0.0.1:6901", `127.0.0.1:${await freePort()}`),
      site("  location / {", "  location /api/ { return 404; }\n  location / {"),
    ];
    const [host, upgrade, blocked, dead, partly] = await nginx(...sites);
    const phone = { viewport: { width: 390, height: 780 }, colorScheme: "dark" } as const;
    const [renamed, bare, filtered, some] = await Promise.all([
      open(`https://desk.example:${host}/`),
      open(`https://desk.example:${upgrade}/?lang=de`, phone),
      open(`https://desk.example:${blocked}/`),
      open(`https://desk.example:${partly}/`),
    ]);
    // Already the form is refused.
    await renamed.getByText("The workspace takes this page for another site's").waitFor();
    await shoot(renamed, join(screenshots, "proxy-origin.png"));
    expect(usual?.memory.events("gateway.origin-refused")[0]?.message).toContain("KASMIX_ALLOWED_ORIGINS");
    await says(bare, "Der Proxy vor dem Arbeitsplatz nimmt WebSockets den Upgrade-Header weg.");
    await shoot(bare, join(screenshots, "proxy-upgrade-phone.png"));
    expect(await overflowing(bare)).toEqual([]);
    expect(usual?.memory.events("gateway.upgrade-refused")[0]?.message).toContain(
      "WebSocket upgrade headers",
    );
    await says(filtered, "WebSockets do not reach it");
    await connects(some);
    await some.locator("#handle").click();
    await eventually(async () =>
      expect(await some.textContent("#features-missing")).toContain(
        "a proxy answers in place of the workspace (status 404)",
      ),
    );
    await shoot(some, join(screenshots, "proxy-features.png"));
    // The workspace stops while the page is open.
    await filtered.route("**/*", async (route) => {
      const { pathname, search } = new URL(route.request().url());
      await route.continue({ url: `https://desk.example:${dead}${pathname}${search}` });
    });
    await says(filtered, "A proxy answers, but does not reach the workspace");
  });
});

interface Workspace {
  readonly port: number;
  readonly home: string;
  readonly memory: ReturnType<typeof memoryLog>;
  close(): void;
}

/** A real gateway for the X server in a folder, with a home of its own. */
async function openWorkspace(folder: string, environment: NodeJS.ProcessEnv): Promise<Workspace> {
  const memory = memoryLog();
  const { log } = memory;
  const home = join(folder, `home${Object.keys(environment).length}`);
  await mkdir(home);
  const known = sidePorts({}, log);
  const options: SideOptions = {
    environment,
    directories: { home, runtime: home } as SideOptions["directories"],
    ports: { ...known, uploads: { ...known.uploads, number: 0 } },
    log,
  };
  const gateway = startGateway({
    port: 0,
    identity: openIdentity({}, home, log),
    authenticator: new Authenticator({ owner: "secret" }),
    websockify: createWebsockify({ target: join(folder, "rfb.sock"), log }),
    services: [openUploads(options), openDownloads(options)],
    assets: loadAssets(join(folder, "www")),
    frameAncestors: "'self'",
    workspace: "test",
    title: "Test",
    report: () => ({ phase: "running", ready: true, uptime: 0, services: {} }),
    allowedOrigins: [],
    base: basePath(environment, log),
    plainHttp: wantsPlainHttp(environment, log),
    proxies: trustedProxies(environment, log),
    log,
  });
  const port = await eventually(() => {
    const number = gateway.port();
    if (number === undefined) throw new Error("not listening");
    return number;
  });
  return { port, home, memory, close: () => gateway.close() };
}

/** The status of an answer to somebody at an address of this machine. */
function status(port: number, localAddress: string, password: string): Promise<number | undefined> {
  const where = { host: "127.0.0.1", port, localAddress, rejectUnauthorized: false, agent: false } as const;
  const headers = { host: `desk.example:${port}`, authorization: `Basic ${btoa(`kasm_user:${password}`)}` };
  return new Promise((resolve, reject) => {
    request({ ...where, headers }, (answer) => resolve(answer.resume().statusCode))
      .on("error", reject)
      .end();
  });
}
