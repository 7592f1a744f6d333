import { expect, it } from "vitest";
import { chromium } from "../../src/parts/chromium.ts";

it("is windowed, or fills the screen as a kiosk", () => {
  expect(chromium().app.command).toContain("--start-maximized");
  expect(chromium().app.command).not.toContain("--kiosk");
  const { command } = chromium({ kiosk: true }).app;
  expect(command).toContain("--kiosk");
  expect(command).not.toContain("--start-maximized");
});

it("is a service of its name, with a profile of its own whose locks are cleared, and the one that is steered", () => {
  const { app, launcher, packages } = chromium({ name: "surf", program: "/opt/surf/chrome" });
  expect(app).toMatchObject({ name: "surf", autostart: true, restart: "always", opensUrls: true });
  expect(app.command[0]).toBe("/opt/surf/chrome");
  expect(app.command).toContain("--user-data-dir={HOME}/.config/surf");
  expect(app.before).toEqual([{ unlockChromium: "~/.config/surf" }]);
  expect(app.ready).toEqual({ window: "surf" });
  expect(launcher).toEqual({ app: "surf" });
  expect(packages).toEqual([]);
});

it("brings Debian's package where no other program is named", () => {
  expect(chromium().packages).toEqual(["chromium"]);
});
