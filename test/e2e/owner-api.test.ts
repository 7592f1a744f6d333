import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { painted, stateIs, visit } from "../helpers/browser.ts";
import type { TestContainer } from "../helpers/container.ts";
import { eventually, PATIENCE } from "../helpers/eventually.ts";
import { type AskOptions, ask } from "../helpers/gateway.ts";
import { sharedBrowser, sharedDesktop, VIEWER_PASSWORD } from "../helpers/shared.ts";

/** The function in this file, without its semicolon. */
const COMPARE = readFileSync(join(import.meta.dirname, "fixtures/compare-screenshot.js"), "utf8").replace(
  /;\s*$/,
  "",
);

describe("the owner API of the real image", () => {
  let browser: Browser;
  let container: TestContainer;

  beforeAll(async () => {
    [browser, { container }] = await Promise.all([sharedBrowser(), sharedDesktop()]);
  });

  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
    await container.closeWindows("Terminal");
  });

  const call = (name: string, options: AskOptions = {}) => {
    const { port, password } = container.settings;
    return ask(port, `/api/${name}`, { password, ...options });
  };
  const json = async (name: string) => JSON.parse((await call(name)).body);
  /** Waits for these visitors alone: those of the test before go a little later than their pages. */
  const sessionsAre = (users: readonly object[]) =>
    eventually(async () => expect(await json("get_sessions")).toEqual({ users }), { timeout: PATIENCE });
  const owner = () => visit(browser, container.url, container.settings.password);

  test.each([
    ["get_screenshot", 200, "image/jpeg"],
    ["get_screenshot?width=1000&height=1000", 200, "image/jpeg"],
    ["get_screenshot?quality=10", 400, "text/plain"],
    ["get_screenshot?width=0", 400, "text/plain"],
    ["get_frame_stats", 400, "text/plain"],
    ["get_bottleneck_stats", 200, "text/plain"],
    ["get_users", 200, "text/plain"],
    ["get_sessions", 200, "text/plain"],
    ["create_user?name=ada", 400, "text/plain"],
    ["update_user?name=nobody&read=true", 400, "text/plain"],
    ["remove_user?name=nobody", 400, "text/plain"],
    ["send_full_frame", 200, "text/plain"],
    ["clear_clipboard", 200, "text/plain"],
    ["downloads", 200, "text/json"],
    ["downloads?path=nowhere", 400, "text/plain; charset=utf-8"],
  ])("GET %s: %i, and 401 for a viewer", async (name, status, type) => {
    const { headers, ...answer } = await call(name);
    expect([answer.status, headers["content-type"], headers.server]).toEqual([status, type, "KasmVNC/4.0"]);
    const viewer = await call(name, { user: "kasm_viewer", password: VIEWER_PASSWORD });
    expect([viewer.status, viewer.body]).toEqual([401, "401 Unauthorized"]);
  });

  test("a screenshot works before anybody has looked", async () => {
    await sessionsAre([]);
    expect((await call("get_screenshot")).status).toBe(200);
  });

  test("a screenshot equals the browser's picture, and smaller ones show the same", async () => {
    const { page } = await owner();
    await painted(page);
    await page.mouse.click(640, 300);
    await page.keyboard.press("Control+Alt+t");
    await container.shows("Terminal");
    const compare = async () => {
      const [full, small] = [
        await difference(page, "quality=9"),
        await difference(page, "quality=9&width=400"),
      ];
      expect([full.width, full.height, small.width, small.height]).toEqual([1280, 800, 400, 250]);
      expect(full.colours, "colours, so that it is no empty screen").toBeGreaterThan(200);
      // The browser got JPEG first: the display server sends the last picture again without loss.
      expect(full.mean, "mean difference of a channel, of 255").toBeLessThan(1);
      expect(full.far, "share of pixels that differ by more than 24").toBeLessThan(0.001);
      expect(small.mean, "the same of the smaller one").toBeLessThan(3);
      return { full, small };
    };
    console.log("screenshot and canvas:", JSON.stringify(await eventually(compare, { timeout: PATIENCE })));
  });

  test("an unchanged screenshot is only a hash, a changed one a picture", async () => {
    const { page } = await owner();
    await painted(page);
    const type = async () => (await call("get_screenshot?deduplicate=true")).headers["content-type"];
    // The panel's clock may change.
    await eventually(async () => expect(await type()).toBe("text/plain"), { timeout: PATIENCE });
    await page.mouse.click(640, 300);
    await page.keyboard.press("Control+Alt+t");
    await container.shows("Terminal");
    expect(await type()).toBe("image/jpeg");
  });

  test("a created user types, is listed, and is disconnected when removed", async () => {
    const made = { user: "ada", password: "secret-of-ada", read: true, write: true };
    const posted = await call("create_user", { method: "POST", body: JSON.stringify([made]) });
    expect([posted.status, posted.body]).toEqual([200, "200 OK"]);
    expect((await json("get_users")).map(({ user }: { user: string }) => user)).toEqual([
      "kasm_user",
      "kasm_viewer",
      "ada",
    ]);
    const { page } = await visit(browser, container.url, "secret-of-ada", { user: "ada" });
    await painted(page);
    await page.mouse.click(640, 300);
    await page.keyboard.press("Control+Alt+t");
    await container.shows("Terminal");
    await sessionsAre([{ username: "ada", connected_since: expect.any(String) }]);
    expect(Object.keys(await json("get_bottleneck_stats"))).toEqual(["ada"]);
    expect((await call("remove_user?name=ada")).status).toBe(200);
    await sessionsAre([]);
    const { port } = container.settings;
    expect((await ask(port, "/", { user: "ada", password: "secret-of-ada" })).status).toBe(401);
    expect((await container.log()).join("\n")).not.toContain("secret-of-ada");
  });

  test("frame statistics come when something is drawn, with the clients that look", async () => {
    const { page } = await owner();
    await painted(page);
    let isOver = false;
    const asked = call("get_frame_stats?client=all").finally(() => {
      isOver = true;
    });
    // Hides and shows all windows.
    await page.mouse.click(640, 300);
    await page.keyboard.press("Control+Alt+t");
    for (let turn = 0; !isOver; turn += 1) await container.attempt("wmctrl", "-k", turn % 2 ? "off" : "on");
    const { status, body } = await asked;
    const { frame, server_side, client_side } = JSON.parse(body);
    console.log("frame:", JSON.stringify({ frame, client_side }));
    expect([status, frame.resx, frame.resy]).toEqual([200, 1280, 800]);
    expect(frame.changed).toBeGreaterThan(0);
    expect(server_side).toEqual([{ process_name: "Encoding_total", time: frame.server_time }]);
    expect(client_side).toMatchObject([{ ping: expect.any(Number) }]);
    await stateIs(page, "connected");
  });

  test("clear_clipboard empties the clipboard", async () => {
    await container.copy("a secret");
    await eventually(async () => expect(await container.clipboard()).toBe("a secret"));
    expect((await call("clear_clipboard")).status).toBe(200);
    const { stdout } = await container.attempt("xclip", "-selection", "clipboard", "-o");
    expect(stdout).not.toContain("a secret");
  });
});

/** The difference between a screenshot and the client's picture at the same size. */
interface Difference {
  readonly width: number;
  readonly height: number;
  readonly colours: number;
  readonly mean: number;
  readonly far: number;
}

function difference(page: Page, query: string): Promise<Difference> {
  return page.evaluate<Difference>(`(${COMPARE})(${JSON.stringify(query)})`);
}
