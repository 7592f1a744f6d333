import { describe, expect, it } from "vitest";
import { DEFAULT_STOP, type ResolvedApp } from "../../../src/model/runtime.ts";
import { appCommand, appServices } from "../../../src/runtime/session/apps.ts";

const APP: ResolvedApp = {
  name: "browser",
  title: "Browser",
  command: ["browser", "--port={CDP_PORT}", "--profile={HOME}/p"],
  argumentsFrom: "APP_ARGS",
  switch: "LAUNCH_BROWSER",
  opensUrls: true,
  maximize: false,
  before: [],
  autostart: true,
  restart: "always",
  desktopIcon: true,
  stop: DEFAULT_STOP,
  environment: {},
};
const OTHER: ResolvedApp = { ...APP, name: "other", command: ["other"] };
const directories = { home: "/home/kasm-user", runtime: "/run/kasmix" };

function first(environment: NodeJS.ProcessEnv, app = APP) {
  const [spec] = appServices([app, OTHER], environment, directories);
  return spec;
}

describe("an app's command", () => {
  it("has its variables replaced", () => {
    expect(appCommand(APP, { CDP_PORT: "9222", HOME: "/h" })).toEqual([
      "browser",
      "--port=9222",
      "--profile=/h/p",
    ]);
    expect(appCommand(APP, {})).toEqual(["browser", "--port=", "--profile=/p"]);
  });

  it("has its arguments replaced as a whole, without replacing variables in them", () => {
    const environment = { APP_ARGS: "--one 'two three' {HOME}", HOME: "/h" };
    expect(appCommand(APP, environment, "https://x/")).toEqual([
      ...["browser", "--one", "two three", "{HOME}", "https://x/"],
    ]);
  });

  // After "--" Chromium read its proxy as a URL, and bypassed the URL launcher's policy.
  it("keeps its fixed arguments, whatever replaces the others", () => {
    const app = { ...APP, fixed: ["--proxy-server=http://127.0.0.1:9997"] };
    const command = ["browser", "--kiosk", "https://x/", "--proxy-server=http://127.0.0.1:9997"];
    expect(appCommand(app, { APP_ARGS: "--kiosk -- https://x/" })).toEqual(command);
    expect(appCommand(APP, { APP_ARGS: "-- -x" })).toEqual(["browser", "--", "-x"]);
  });

  it.each([
    [{ KASM_URL: "https://k", START_URL: "https://s", LAUNCH_URL: "https://l" }, "https://k"],
    [{ START_URL: "https://s", LAUNCH_URL: "https://l" }, "https://s"],
    [{ KASM_URL: "", LAUNCH_URL: "https://l" }, "https://l"],
  ])("starts with the first address of %o", (environment, url) => {
    expect(first({ APP_ARGS: "-x", ...environment })?.command).toEqual(["browser", "-x", url]);
  });

  it.each([{}, { START_URL: "" }, { START_URL: "--no-sandbox" }])(
    "starts without an address for %o",
    (environment) => {
      expect(first({ APP_ARGS: "-x", ...environment })?.command).toEqual(["browser", "-x"]);
    },
  );

  it("gets a URL only if it is the first app that opens URLs", () => {
    const specs = appServices(
      [{ ...APP, opensUrls: false }, OTHER, { ...OTHER }],
      { START_URL: "https://s" },
      directories,
    );
    expect(specs.map(({ command }) => command.includes("https://s"))).toEqual([false, true, false]);
  });
});

describe("an app", () => {
  it.each([
    [{}, false],
    [{ LAUNCH_BROWSER: "1" }, false],
    [{ LAUNCH_BROWSER: "0" }, true],
    [{ DISABLE_CUSTOM_STARTUP: "1" }, true],
    [{ DISABLE_CUSTOM_STARTUP: "" }, false],
  ])("with %o is held: %s", (environment, held) => {
    expect(first(environment)?.held).toBe(held);
  });

  it("is not a service when it is not started with the desktop", () => {
    expect(appServices([{ ...APP, autostart: false }], {}, directories)).toEqual([]);
  });
});
