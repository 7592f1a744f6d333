import type { Browser } from "playwright-core";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { painted, screenshot, stateIs, visit } from "../helpers/browser.ts";
import type { TestContainer } from "../helpers/container.ts";
import { eventually, PATIENCE } from "../helpers/eventually.ts";
import { openPanel } from "../helpers/panel.ts";
import { sharedBrowser, sharedDesktop, VIEWER_PASSWORD } from "../helpers/shared.ts";

describe("several visitors of one desktop", () => {
  let browser: Browser;
  let container: TestContainer;

  beforeAll(async () => {
    [browser, { container }] = await Promise.all([sharedBrowser(), sharedDesktop()]);
  });

  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
    await container.closeWindows("Terminal");
  });

  const owner = () => visit(browser, container.url, container.settings.password);
  const viewer = () => visit(browser, container.url, VIEWER_PASSWORD, { user: "kasm_viewer" });

  test("a viewer sees the desktop, but keys, mouse and clipboard do not reach it", async () => {
    const [mine, theirs] = [await owner(), await viewer()];
    // A page that does not hold back: it does not learn the visitor's role.
    await theirs.page.route("**/api/services", (route) =>
      route.fulfill({ json: {}, headers: { "Kasmix-Gateway": "1" } }),
    );
    await theirs.page.reload();
    await stateIs(theirs.page, "connected");
    await painted(theirs.page, "viewer");
    await container.copy("the owner's");
    await theirs.page.mouse.click(640, 300);
    await theirs.page.keyboard.press("Control+Alt+t");
    await openPanel(theirs.page, "clipboard");
    await theirs.page.getByLabel("Text shared with the desktop").fill("the viewer's");
    await painted(mine.page);
    // When the owner's same keys have had their effect, the viewer's had time enough too.
    await mine.page.mouse.click(640, 300);
    await mine.page.keyboard.press("Control+Alt+t");
    await container.shows("Terminal");
    expect((await container.exec("wmctrl", "-l")).match(/Terminal/g)).toHaveLength(1);
    expect(await container.clipboard()).toBe("the owner's");
    expect(await theirs.page.getByLabel("Text shared with the desktop").inputValue()).toBe("the viewer's");
    expect(theirs.complaints).toEqual([]);
  });

  test("the owner sees who is there, and disconnects one", async () => {
    const mine = await owner();
    await openPanel(mine.page, "people");
    const entries = mine.page.locator(".visitors li");
    await eventually(async () => expect(await entries.allTextContents()).toHaveLength(1), {
      timeout: PATIENCE,
    });
    expect(await entries.first().textContent()).toMatch(/^Owner \(this page\).+, since \d/);
    const theirs = await viewer();
    await eventually(async () => expect(await entries.allTextContents()).toHaveLength(2), {
      timeout: PATIENCE,
    });
    await screenshot(mine.page, "visitors");
    await entries.filter({ hasText: "Viewer" }).getByRole("button").click();
    await stateIs(theirs.page, "disconnected");
    expect(await theirs.page.textContent("#status-detail")).toContain("The owner of the desktop ended");
    await eventually(async () => expect(await entries.allTextContents()).toHaveLength(1), {
      timeout: PATIENCE,
    });
    expect(await mine.page.getAttribute("html", "data-state")).toBe("connected");
    await theirs.page.getByRole("button", { name: "Reconnect" }).click();
    await stateIs(theirs.page, "connected");
  });

  test("the owner invites somebody who watches, and withdraws that", async () => {
    const { page } = await owner();
    await openPanel(page, "people");
    await page.getByRole("button", { name: "Invite a viewer" }).click();
    const letter = page.getByRole("textbox", { name: "Invitation" });
    await letter.waitFor();
    const [address, name = "", password = ""] = (await letter.inputValue())
      .split("\n")
      .map((line) => line.replace(/^.*: /, ""));
    expect(address).toBe(page.url());
    await screenshot(page, "invitation");
    const guest = await visit(browser, container.url, password, { user: name });
    await guest.page.getByText("Watching", { exact: true }).waitFor();
    await page.reload();
    await stateIs(page, "connected");
    await openPanel(page, "people");
    await page.getByRole("button", { name: `Withdraw the invitation of ${name}` }).click();
    await stateIs(guest.page, "disconnected");
  });

  test("a viewer's panel does not list visitors", async () => {
    const { page } = await viewer();
    const services = await page.evaluate<object>(`fetch("api/services").then((answer) => answer.json())`);
    expect(services).not.toHaveProperty("clients");
    expect(services).not.toHaveProperty("clipboard");
    await page.getByText("Watching", { exact: true }).waitFor();
    await openPanel(page);
    expect(await page.locator(".visitors").count()).toBe(0);
    expect(await page.getByRole("button", { name: "Keyboard", exact: true }).isVisible()).toBe(false);
  });
});
