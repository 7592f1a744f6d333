import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { DEFAULT_STOP, type ResolvedApp } from "../../../src/model/runtime.ts";
import { appServices } from "../../../src/runtime/session/apps.ts";
import { createAppLauncher } from "../../../src/runtime/session/launch-app.ts";
import { type Supervisor, supervise } from "../../../src/runtime/supervisor/run.ts";
import { eventually } from "../../helpers/eventually.ts";
import { memoryLog } from "../memory-log.ts";

let home: string;
let supervisor: Supervisor;
let close: () => void;
let logged: ReturnType<typeof memoryLog>;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "kasmix-launch-"));
  logged = memoryLog();
});

afterEach(async () => {
  supervisor.stop();
  await supervisor.ended;
  rmSync(home, { recursive: true, force: true });
});

/** An app that writes its arguments to a file in the home, and keeps running if it is a service. */
const app = (name: string, more: Partial<ResolvedApp> = {}): ResolvedApp => ({
  name,
  title: name,
  command: [
    "sh",
    "-c",
    `echo ${name} "$@" >> $HOME/shown; echo said; [ -z "$STAY" ] || exec sleep 1000`,
    "sh",
  ],
  opensUrls: false,
  maximize: false,
  before: [],
  stop: DEFAULT_STOP,
  autostart: false,
  restart: "always",
  desktopIcon: true,
  environment: {},
  ...more,
});

function launcher(...apps: ResolvedApp[]) {
  const environment = { PATH: process.env.PATH, HOME: home };
  const directories = { home, runtime: home };
  const specs = appServices(apps, environment, directories).map((spec) => ({ ...spec, needs: [] }));
  supervisor = supervise(specs, { log: logged.log });
  const created = createAppLauncher({ apps, environment, directories, supervisor, log: logged.log });
  close = created.close;
  return created.launch;
}

const shown = () => readFileSync(join(home, "shown"), "utf8").split("\n").filter(Boolean);

it("opens a URL in the first app that opens URLs", async () => {
  const launch = launcher(app("editor"), app("browser", { opensUrls: true }));
  expect(launch({ url: "https://x/?a b" })).toEqual({ app: "browser" });
  await eventually(() => expect(shown()).toEqual(["browser https://x/?a b"]));
  await eventually(() => expect(logged.output("browser")).toEqual(["said"]));
  expect(launch({ url: "https://y/", app: "editor" })).toEqual({ app: "editor" });
  await eventually(() => expect(shown()).toContain("editor https://y/"));
});

it("starts a service that is down, and runs the program of one that is up once more", async () => {
  const stays = app("browser", {
    autostart: true,
    switch: "LAUNCH",
    environment: { LAUNCH: "0", STAY: "1" },
  });
  const launch = launcher(stays);
  expect(supervisor.state().services.browser?.status).toBe("stopped");
  expect(launch({ app: "browser" })).toEqual({ app: "browser" });
  await eventually(() => expect(supervisor.state().services.browser?.status).toBe("ready"));
  await eventually(() => expect(shown()).toHaveLength(1));
  expect(launch({ app: "browser" })).toEqual({ app: "browser" });
  await eventually(() => expect(shown()).toHaveLength(2));
  expect(supervisor.state().services.browser?.instance).toBe(1);
});

// When the container stopped the app was killed, without a chance to write its data.
it("ends the apps that it started by their own stop signals", async () => {
  const script =
    "trap 'echo asked >> $HOME/shown; exit 3' INT; echo up >> $HOME/shown; while :; do sleep 0.01; done";
  const command = ["sh", "-c", script];
  const broken = app("broken", { command: ["false"] });
  const launch = launcher(app("editor", { command, stop: { ...DEFAULT_STOP, signal: "INT" } }), broken);
  launch({ app: "editor" });
  await eventually(() => expect(shown()).toEqual(["up"]));
  close();
  await eventually(() => expect(shown()).toEqual(["up", "asked"]));
  expect(launch({ app: "broken" })).toEqual({ app: "broken" });
  // Only the exit that was not requested is logged.
  await eventually(() => expect(logged.events("launch.failed")).toMatchObject([{ app: "broken" }]));
});

// With a full disk an icon did nothing, and kasmixctl reported a fault in the supervisor.
it("starts an app whose preparation fails, and logs the reason", async () => {
  writeFileSync(join(home, ".config"), "a file where a folder is to be");
  const before = [{ mergeJson: "~/.config/app.json", fields: { a: 1 } }];
  const launch = launcher(app("editor", { before }));
  expect(launch({ app: "editor" })).toEqual({ app: "editor" });
  await eventually(() => expect(shown()).toEqual(["editor"]));
  expect(logged.events("launch.prepare")).toMatchObject([{ message: expect.stringContaining(".config") }]);
});

it.each([
  [{ app: "nothing" }, "there is no app nothing; there are: editor"],
  [{ url: "--gpu-launcher=sh" }, "--gpu-launcher=sh is not a URL"],
  [{ url: "" }, "an empty string is not a URL"],
])("refuses %o", (request, refused) => {
  expect(launcher(app("editor"))(request)).toEqual({ refused });
});

it("refuses everything without apps, and logs a program that fails", async () => {
  expect(launcher()({ url: "https://x/" })).toEqual({ refused: "this workspace has no apps" });
  const launch = launcher(app("broken", { command: ["/nowhere/broken"] }));
  expect(launch({ app: "broken" })).toEqual({ app: "broken" });
  await eventually(() => expect(logged.events("launch.failed")).toMatchObject([{ app: "broken" }]));
});
