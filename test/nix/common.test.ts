import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, readdirSync, readFileSync, renameSync, utimesSync } from "node:fs";
import { delimiter, join } from "node:path";
import { describe, expect, it } from "vitest";
import { readyFlag } from "../../src/runtime/supervisor/ready-flag.ts";
import { eventually } from "../helpers/eventually.ts";
import { makeProject } from "../helpers/project.ts";
import { memoryLog } from "../runtime/memory-log.ts";

/** Where the entrypoint keeps the ready flag in the container. */
const READY_FILE = "/tmp/kasmix/desktop.ready";
const shellcheck = spawnSync("shellcheck", ["--version"]).status === 0;

const COMMON = join(import.meta.dirname, "../../nix/common");
/** A script that every image has. */
const common = (path: string) => readFileSync(join(COMMON, path), "utf8");
const AUTOSTART = "/opt/kasmix/autostart";

/** A script that reads the names of the apps that are started with the desktop, with these names. */
function withAutostart(path: string, names: string): string {
  const list = join(makeProject({ autostart: names }), "autostart");
  expect(common(path)).toContain(AUTOSTART);
  return common(path).replace(AUTOSTART, list);
}

/** Runs a script by sh, with commands beside it that print their arguments. */
function run(script: string, args: readonly string[], env: Record<string, string> = {}) {
  const say = (name: string) => `#!/bin/sh\nprintf '%s\\n' ${name} "$@"\n`;
  const folder = makeProject({
    script,
    "bin/kasmixctl": say("kasmixctl"),
    "bin/wmctrl": '#!/bin/sh\necho "$@"\n',
    "bin/filter_ready": "#!/bin/sh\n",
    "bin/desktop_ready": "#!/bin/sh\n",
  });
  for (const name of ["kasmixctl", "wmctrl", "filter_ready", "desktop_ready"])
    chmodSync(join(folder, "bin", name), 0o755);
  const path = [join(folder, "bin"), process.env.PATH].join(delimiter);
  const { status, stdout, stderr } = spawnSync("sh", [join(folder, "script"), ...args], {
    encoding: "utf8",
    env: { PATH: path, ...env },
  });
  return { status, lines: stdout.split("\n").slice(0, -1), stderr };
}

describe("sudo", () => {
  const as = (uid: number, ...args: readonly string[]) =>
    run(common("usr/games/sudo").replace("$(id -u)", `${uid}`), args);

  it("runs what root gives it, with the options and variables of sudo", () => {
    expect(as(0, "-E", "A=1 2", "sh", "-c", 'echo "$A"').lines).toEqual(["1 2"]);
    expect(as(0, "-n", "--", "sh", "-c", "exit 3").status).toBe(3);
  });

  it.each([
    { uid: 1000, args: ["apt-get", "install", "vim"] },
    { uid: 1000, args: ["-n", "true"] },
    { uid: 0, args: ["-u", "kasm-user", "id"] },
    { uid: 0, args: [] },
  ])("refuses others, and what it cannot do, with the way that works: $uid $args", ({ uid, args }) => {
    const { status, lines, stderr } = as(uid, ...args);
    expect({ status, lines }).toEqual({ status: 1, lines: [] });
    expect(stderr).toContain("docker exec --user root");
  });
});

describe("custom_startup.sh", () => {
  const script = common("dockerstartup/custom_startup.sh");

  it.each([["--go"], ["-g"], ["--assign"], ["-a"]])("opens a URL with %s", (option) => {
    expect(run(script, [option, "--url", "https://x/?a=b c&d"])).toEqual({
      status: 0,
      lines: ["kasmixctl", "open", "https://x/?a=b c&d"],
      stderr: "",
    });
  });

  it("starts the apps with FORCE as second word, and only then", () => {
    const held = withAutostart("dockerstartup/custom_startup.sh", "browser chat\n");
    expect(run(held, ["startup", "FORCE"]).lines).toEqual(["kasmixctl", "start", "browser", "chat"]);
    expect(run(held, ["startup"]).lines).toEqual([]);
    const none = withAutostart("dockerstartup/custom_startup.sh", "");
    expect(run(none, ["startup", "FORCE"])).toEqual({ status: 0, lines: [], stderr: "" });
  });

  it("leaves the app to the supervisor when the container starts, and does nothing without a URL", () => {
    expect(run(script, [])).toEqual({ status: 0, lines: [], stderr: "" });
    expect(run(script, ["--url", "https://x"])).toEqual({ status: 0, lines: [], stderr: "" });
    expect(run(script, ["--go"])).toEqual({
      status: 0,
      lines: ["No URL specified: nothing to open"],
      stderr: "",
    });
  });

  it("refuses an unknown option and an option without its URL", () => {
    expect(run(script, ["--fly"])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("unknown option --fly"),
    });
    expect(run(script, ["--go", "--url"])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("needs a URL"),
    });
  });
});

describe("the other scripts", () => {
  // After a kill and a new start they returned at once because of the old file.
  it("wait for the desktop of this start of the container", async () => {
    const folder = makeProject({
      "bin/sleep": `#!/bin/sh\necho x >> "$0.calls"\nexec /bin/sleep "$@"\n`,
      ready: `${process.pid} 1\n`,
    });
    chmodSync(join(folder, "bin/sleep"), 0o755);
    const script = common("usr/bin/desktop_ready").replace(READY_FILE, join(folder, "ready"));
    const waiting = spawn("sh", ["-c", script], {
      env: { PATH: [join(folder, "bin"), process.env.PATH].join(delimiter) },
    });
    const ended = once(waiting, "exit");
    await eventually(() => expect(existsSync(join(folder, "bin/sleep.calls"))).toBe(true));
    readyFlag(folder, memoryLog().log).set(true);
    renameSync(join(folder, "desktop.ready"), join(folder, "ready"));
    expect(await ended).toEqual([0, null]);
  });

  // They returned at once while the entrypoint was frozen.
  it("wait for an entrypoint that has told so within the last seconds", async () => {
    const folder = makeProject({ "bin/sleep": `#!/bin/sh\necho x >> "$0.calls"\nexec /bin/sleep "$@"\n` });
    chmodSync(join(folder, "bin/sleep"), 0o755);
    const flag = readyFlag(folder, memoryLog().log);
    flag.set(true);
    utimesSync(join(folder, "desktop.ready"), Date.now() / 1000 - 60, Date.now() / 1000 - 60);
    const script = common("usr/bin/desktop_ready").replace(READY_FILE, join(folder, "desktop.ready"));
    const waiting = spawn("sh", ["-c", script], {
      env: { PATH: [join(folder, "bin"), process.env.PATH].join(delimiter) },
    });
    const ended = once(waiting, "exit");
    await eventually(() => expect(existsSync(join(folder, "bin/sleep.calls"))).toBe(true));
    flag.renew();
    expect(await ended).toEqual([0, null]);
  });

  it("wait for what they are named after", () => {
    const script = common("usr/bin/filter_ready");
    expect(common("usr/bin/desktop_ready")).toContain(READY_FILE);
    expect(run(script, [])).toMatchObject({ status: 0, stderr: "" });
    expect(run(script, [], { http_proxy: "http://proxy:80" })).toMatchObject({ status: 0 });
  });

  it("maximise a window where that is asked for", () => {
    const script = common("dockerstartup/maximize_window.sh");
    const asked = { MAXIMIZE: "true", MAXIMIZE_NAME: "My Window" };
    expect(run(script, [], asked).lines).toEqual(["-r My Window -b add,maximized_vert,maximized_horz"]);
    expect(run(script, [], { ...asked, MAXIMIZE: "false" })).toMatchObject({ status: 0, lines: [] });
    expect(run(script, [], { MAXIMIZE: "true" })).toMatchObject({ status: 0, lines: [] });
  });

  it("stop the apps and the desktop before the container is removed", () => {
    const path = "dockerstartup/kasm_pre_shutdown_user.sh";
    expect(run(withAutostart(path, "browser chat\n"), []).lines).toEqual([
      "kasmixctl",
      "stop",
      "browser",
      "chat",
      "desktop",
    ]);
    expect(run(withAutostart(path, ""), []).lines).toEqual(["kasmixctl", "stop", "desktop"]);
  });

  it("pass shellcheck", { skip: !shellcheck }, () => {
    const scripts = ["dockerstartup", "usr/bin", "usr/games"].flatMap((folder) =>
      readdirSync(join(COMMON, folder)).map((name) => join(COMMON, folder, name)),
    );
    expect(scripts.length).toBeGreaterThan(10);
    expect(spawnSync("shellcheck", scripts, { encoding: "utf8" })).toMatchObject({ status: 0, stdout: "" });
  });

  it("start the image for callers that know Kasm's names", () => {
    const profile = common("dockerstartup/kasm_default_profile.sh");
    expect(run(profile, ["printf", "%s\n", "a b"]).lines).toEqual(["a b"]);
    expect(run(profile, [])).toMatchObject({ status: 0, lines: [] });
  });
});
