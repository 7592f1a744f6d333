import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { linesOf } from "../../../src/runtime/control/lines-of.ts";
import { eventually } from "../../helpers/eventually.ts";
import { Inside } from "./harness.ts";
import { bundleKasmixctl, collect, runInProcess, spawnKasmixctl } from "./kasmixctl.ts";

let inside: Inside;
let file: string;

beforeAll(async () => {
  const bundle = await bundleKasmixctl();
  file = bundle.file;
  return bundle.remove;
});

beforeEach(() => {
  inside = new Inside();
});

afterEach(() => inside.close());

const spawnIt = (...args: string[]) => spawnKasmixctl(file, inside.folder, args);
const run = (...args: string[]) => runInProcess(inside.folder, args);
const starts = (name: string) => inside.report().services[name]?.starts;

describe("status", () => {
  it("shows a table of the services", async () => {
    const needs = [{ service: "gone", condition: "ready" }] as const;
    await inside.open(
      inside.spec("a", ["stay"], { critical: true }),
      inside.spec("gone", ["exit=3"], { restart: "never", ready: { fd: 3 } }),
      inside.spec("waiter", ["stay"], { needs }),
    );
    await inside.until("a", "ready");
    await inside.until("gone", "done");
    const { exitCode, stdout, stderr } = await run("status");
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    const [head, , titles, ...rows] = stdout.trim().split("\n");
    expect(head).toMatch(/^Services: ready, up for \d/);
    expect(titles).toMatch(/^SERVICE {2,}STATE {2,}FOR {2,}PID {2,}RESTARTS {2}MEMORY$/);
    const pid = inside.report().services.a?.pid;
    expect(rows).toEqual([
      expect.stringMatching(new RegExp(`^a +ready +\\d+ s +${pid} +0 +\\d+ MiB +critical$`)),
      expect.stringMatching(/^gone +done +\d+ s +0 +it ended with exit code 3 \d+ s ago$/),
      expect.stringMatching(/^waiter +waiting +\d+ s +0 +waits for gone \(ready\)$/),
    ]);
  });

  it("gives the report as JSON", async () => {
    await inside.open(inside.spec("a", ["stay"]));
    await inside.until("a", "ready");
    expect(JSON.parse((await run("status", "--json")).stdout)).toMatchObject({
      phase: "running",
      services: { a: { status: "ready", memory: expect.any(Number) } },
    });
  });
});

describe("orders", () => {
  it("wait until they are carried out: stop, start, restart", async () => {
    const gate = join(inside.folder, "gate");
    await inside.open(inside.spec("a", [`gate=${gate}`, "newline=3", "stay"], { ready: { fd: 3 } }));
    writeFileSync(gate, "");
    await inside.until("a", "ready");
    expect(await run("stop", "a")).toEqual({ exitCode: 0, stdout: "a: stopped\n", stderr: "" });
    expect(inside.report().services.a?.status).toBe("stopped");
    expect(await run("start", "a")).toEqual({ exitCode: 0, stdout: "a: ready\n", stderr: "" });
    expect(inside.report().services.a?.status).toBe("ready");
    const { stdout } = await run("restart", "a", "--json");
    expect(JSON.parse(stdout)).toEqual([{ service: "a", status: "ready" }]);
    expect(starts("a")).toBe(3);
  });

  it("take several services at once", async () => {
    await inside.open(inside.spec("a", ["stay"]), inside.spec("b", ["stay"]));
    const { exitCode, stdout } = await run("restart", "a", "b", "a");
    expect({ exitCode, lines: stdout.trim().split("\n").sort() }).toEqual({
      exitCode: 0,
      lines: ["a: ready", "b: ready"],
    });
    expect([starts("a"), starts("b")]).toEqual([2, 2]);
  });

  it("without effect are no failure", async () => {
    await inside.open(inside.spec("a", ["stay"]));
    await inside.until("a", "ready");
    expect(await run("start", "a")).toMatchObject({ exitCode: 0, stdout: "a: ready\n" });
    await run("stop", "a");
    expect(await run("stop", "a")).toMatchObject({ exitCode: 0, stdout: "a: stopped\n" });
    expect(await run("stop", "a", "--no-wait")).toMatchObject({ exitCode: 0, stdout: "a: stopped\n" });
    expect(starts("a")).toBe(1);
  });

  it("wait for a service that is already starting", async () => {
    const gate = join(inside.folder, "gate");
    await inside.open(inside.spec("a", [`gate=${gate}`, "newline=3", "stay"], { ready: { fd: 3 } }));
    const waiting = run("start", "a");
    writeFileSync(gate, "");
    expect(await waiting).toMatchObject({ exitCode: 0, stdout: "a: ready\n" });
    expect(starts("a")).toBe(1);
  });

  it("with --no-wait end at once", async () => {
    const gate = join(inside.folder, "gate");
    await inside.open(inside.spec("a", [`gate=${gate}`, "newline=3", "stay"], { ready: { fd: 3 } }));
    expect(await run("restart", "a", "--no-wait")).toMatchObject({
      exitCode: 0,
      // It may already be starting again, but the gate keeps it from becoming ready.
      stdout: expect.stringMatching(/^a: (stopping|starting)\n$/),
    });
  });

  it.each(["start", "restart"])("fail when the service dies instead: %s", async (order) => {
    await inside.open(
      inside.spec("a", ["exit=9"], { restart: "never", ready: { fd: 3 } }),
      inside.spec("b", ["stay"]),
    );
    await inside.until("a", "done");
    const { exitCode, stdout, stderr } = await run(order, "a", "b");
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "b: ready\n" });
    expect(stderr).toContain(`error: ${order} failed for a.`);
    expect(stderr).toContain("a: did not become ready: it ended with exit code 9");
    expect(stderr).toContain("fix: See its log: kasmixctl logs a");
  });

  it("fail when the service was given up", async () => {
    await inside.open(inside.spec("a", [], { command: ["/does/not/exist"] }));
    const { exitCode, stderr } = await run("restart", "a");
    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("could not be started"),
    });
  });

  it("count exit code 0 of a one-shot service as success", async () => {
    await inside.open(inside.spec("a", ["exit=0"], { restart: "never", ready: { fd: 3 } }));
    await inside.until("a", "done");
    expect(await run("restart", "a")).toMatchObject({ exitCode: 0, stdout: "a: done\n" });
  });

  it("that take too long say what the service waits for", async () => {
    const needs = [{ service: "b", condition: "ready" }] as const;
    await inside.open(
      inside.spec("a", ["stay"], { needs }),
      inside.spec("b", ["stay"], { ready: { fd: 3 } }),
    );
    const { exitCode, stderr } = await run("start", "a", "--timeout", "1");
    expect(exitCode).toBe(1);
    expect(stderr).toContain("a: is still waiting for b (ready) after 1 s");
  });

  it("to an unknown service change nothing, not even the others", async () => {
    await inside.open(inside.spec("display", ["stay"]), inside.spec("sound", ["stay"]));
    await inside.until("sound", "ready");
    const { exitCode, stdout, stderr } = await run("restart", "sound", "dispaly");
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toBe('error: There is no service "dispaly".\nfix: Did you mean display?\n');
    expect(starts("sound")).toBe(1);
  });

  it("fail when the container stops before they are carried out", async () => {
    const ready = { fd: 3 };
    await inside.open(
      inside.spec("a", ["ignore=SIGTERM", "newline=3", "stay"], {
        ready,
        stop: { signal: "TERM", grace: 60, to: "group" },
      }),
    );
    await inside.until("a", "ready");
    const waiting = run("restart", "a");
    await inside.until("a", "stopping");
    inside.supervisor.stop();
    expect(await run("start", "a")).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("container is stopping"),
    });
    inside.supervisor.stop();
    expect(await waiting).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("stopped by another order"),
    });
  });

  it("fail when the supervisor ends", async () => {
    await inside.open(inside.spec("a", ["stay"], { ready: { fd: 3 } }));
    const waiting = run("restart", "a");
    await eventually(() => expect(starts("a")).toBe(2));
    await inside.close();
    const { exitCode, stderr } = await waiting;
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(/^error: (The supervisor ended|No supervisor answers)/);
  });
});

describe("logs and events", () => {
  it("are readable", async () => {
    await inside.open(
      inside.spec("a", ["print=one \u001b[2Jtwo", "stay"]),
      inside.spec("b", ["print=three", "stay"]),
    );
    await eventually(() => expect(inside.journal.lines().join()).toMatch(/one.*three|three.*one/s));
    const { exitCode, stdout } = await run("logs", "a");
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^[\d:.]{12} a: waiting -> starting /m);
    expect(stdout).toContain("a: one \\x1b[2Jtwo\n");
    expect(stdout).not.toContain("three");
    const events = (await run("events")).stdout;
    expect(events).toContain("b: starting -> ready");
    expect(events).not.toContain("three");
  });

  it("print JSON with --json, and only the last lines with --tail", async () => {
    await inside.open(inside.spec("a", ["print=one", "print=two", "stay"]));
    await eventually(() => expect(inside.journal.lines().join()).toContain("two"));
    const { stdout } = await run("logs", "--json", "--tail", "1");
    expect(JSON.parse(stdout)).toMatchObject({ service: "a", stream: "stdout", line: "two" });
  });

  it("follow until they are interrupted", async () => {
    await inside.open(inside.spec("a", ["stay"]));
    const child = spawnIt("events", "a", "-f", "--json");
    for await (const line of linesOf(child.stdout)) {
      if (line.includes("hello")) break;
      if (line.includes('"ready"')) inside.log.info({ event: "hello", service: "a" });
    }
    child.kill("SIGINT");
    expect(await once(child, "exit")).toEqual([null, "SIGINT"]);
  });

  it("end with the container", async () => {
    await inside.open(inside.spec("a", ["stay"]));
    const child = spawnIt("logs", "-f");
    const exited = once(child, "exit");
    const lines = linesOf(child.stdout);
    await lines.next();
    await inside.close();
    for await (const _line of lines);
    expect(await exited).toEqual([0, null]);
  });

  it("end with standard input when --attached, and not otherwise", async () => {
    await inside.open(inside.spec("a", ["print=hello", "stay"]));
    const attached = spawnIt("logs", "-f", "--attached");
    const free = spawnIt("logs", "-f", "--json");
    free.stdin.end();
    await linesOf(attached.stdout).next();
    attached.stdin.end();
    expect(await once(attached, "exit")).toEqual([0, null]);
    const lines = linesOf(free.stdout);
    inside.log.info({ event: "after" });
    for await (const line of lines) if (line.includes('"after"')) break;
    free.kill();
  });

  it("end without an error when the reader of their output goes away", async () => {
    await inside.open(inside.spec("a", ["stay"]));
    const child = spawnIt("logs", "-f");
    await linesOf(child.stdout).next();
    child.stdout.destroy();
    await eventually(() => {
      inside.log.info({ event: "more" });
      expect(child.exitCode).toBe(0);
    });
  });

  it("refuse an unknown service", async () => {
    await inside.open(inside.spec("a", ["stay"]));
    expect(await run("logs", "zzz")).toEqual({
      exitCode: 2,
      stdout: "",
      stderr: 'error: There is no service "zzz".\nfix: The services are: a.\n',
    });
  });
});

describe("the command line", () => {
  it.each([
    { args: ["frob"], says: 'There is no command "frob"' },
    { args: ["stat"], says: "Did you mean kasmixctl start?" },
    { args: ["stop"], says: "stop: SERVICE is missing" },
    { args: ["stop", "a", "--nowait"], says: "Did you mean --no-wait?" },
    { args: ["logs", "a", "b"], says: 'unexpected argument "b"' },
    { args: ["logs", "--tail", "x"], says: "whole number" },
    { args: ["start", "a", "--timeout", "soon"], says: "whole number" },
  ])("refuses $args with exit code 2", async ({ args, says }) => {
    const { exitCode, stdout, stderr } = await run(...args);
    expect(stderr).toContain(says);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
  });

  it("opens URLs and shows apps", async () => {
    await inside.open();
    expect(await run("open", "https://x/")).toMatchObject({ exitCode: 0, stdout: "Opened in browser\n" });
    expect(await run("open", "https://x/", "--app", "editor")).toMatchObject({
      stdout: "Opened in editor\n",
    });
    expect(await run("launch", "editor")).toMatchObject({ exitCode: 0, stdout: "Opened in editor\n" });
    const { exitCode, stderr } = await run("open", "refused");
    expect(exitCode).toBe(1);
    expect(stderr).toContain("Cannot open refused: it is not a URL.");
  });

  it("opens URLs in the URL launcher's browser, and says where or why not", async () => {
    await inside.open();
    const url = "https://x/?a b";
    expect(await run("navigate", url)).toEqual({ exitCode: 0, stdout: "Opened in browser\n", stderr: "" });
    expect(JSON.parse((await run("navigate", url, "--json")).stdout)).toEqual({
      app: "browser",
      frameId: "F1",
    });
    expect(await run("navigate", "http://127.0.0.1/")).toEqual({
      exitCode: 1,
      stdout: "",
      stderr:
        "error: Cannot open http://127.0.0.1/.\n  loopback: 127.0.0.1 is this container.\nfix: Let it in.\n",
    });
    const { exitCode, stdout } = await run("navigate", "http://127.0.0.1/", "--json");
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout).error).toMatchObject({
      code: "E_NOT_READY",
      exitCode: 1,
      faults: [{ path: "loopback" }],
    });
    expect(await run("navigate")).toMatchObject({ exitCode: 2 });
  });

  it("records, and says where", async () => {
    await inside.open();
    const started = "Recording, 1 min 23 s, 1.2 MB:\n  ~/Downloads/Recording.mp4\n";
    expect((await run("record", "status")).stdout).toBe("Nothing is recorded.\n");
    expect(await run("record", "start")).toEqual({ exitCode: 0, stdout: started, stderr: "" });
    expect(JSON.parse((await run("record", "status", "--json")).stdout)).toMatchObject({ isRecording: true });
    expect(await run("record", "stop")).toEqual({
      ...{ exitCode: 0, stderr: "" },
      stdout: started.replace("Recording,", "Recorded,"),
    });
    expect(await run("record", "pause")).toMatchObject({ exitCode: 2 });
  });

  it("says why nothing can be recorded", async () => {
    inside.supervise();
    inside.listen({ recording: "There is no stream." });
    for (const order of ["start", "stop", "status"]) {
      expect(await run("record", order)).toEqual({
        ...{ exitCode: 1, stdout: "" },
        stderr: "error: There is no stream.\n",
      });
    }
  });

  it("says that a recording has ended early", async () => {
    inside.supervise();
    const status = { isRecording: false, seconds: 2, files: ["a.mp4"], bytes: 1, ended: "full" as const };
    const refused = { refused: "there is no room" };
    inside.listen({ recording: { status, stop: async () => status, start: async () => refused } });
    const { exitCode, stdout, stderr } = await run("record", "stop");
    expect({ exitCode, stdout }).toEqual({
      exitCode: 1,
      stdout: "Recorded, ended early (full), 2 s, 0.0 MB:\n  ~/Downloads/a.mp4\n",
    });
    expect(stderr).toContain("The recording ended early: full.");
    expect((await run("record", "start")).stderr).toContain("Nothing is recorded: there is no room.");
  });

  it("has help with examples for every command", async () => {
    const { exitCode, stdout } = await run("--help");
    expect(exitCode).toBe(0);
    const [, commands = ""] = stdout.split("Commands\n");
    const names = [...(commands.split("\n\n")[0]?.matchAll(/^ {2}([a-z]+)/gm) ?? [])].map(
      ([, name]) => name ?? "",
    );
    expect(names).toEqual([
      "status",
      "start",
      "stop",
      "restart",
      "open",
      "navigate",
      "launch",
      "record",
      "logs",
      "events",
    ]);
    for (const name of names)
      expect((await run(name, "--help")).stdout).toContain(`Examples\n  kasmixctl ${name}`);
    expect(await run()).toMatchObject({ exitCode: 2, stdout: "" });
  });

  it("puts a failure on stdout as JSON with --json", async () => {
    await inside.open(inside.spec("a", ["stay"]));
    const { exitCode, stdout } = await run("start", "zzz", "--json");
    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout).error).toMatchObject({
      code: "E_USAGE",
      exitCode: 2,
      fix: "The services are: a.",
    });
  });
});

describe("without a supervisor", () => {
  it("waits for one that is starting", async () => {
    const waiting = run("status");
    const early = run("start", "a");
    inside.supervise(inside.spec("a", ["stay"]));
    await inside.until("a", "ready");
    inside.listen();
    expect(await waiting).toMatchObject({ exitCode: 0 });
    expect(await early).toMatchObject({ exitCode: 0 });
  });

  const isRoot = process.getuid?.() === 0;
  it.skipIf(!isRoot)("of this user says that it belongs to another one (needs root)", async () => {
    await inside.open();
    chmodSync(inside.folder, 0o755);
    const args = [file, "status"];
    const env = { PATH: process.env.PATH, KASMIX_TMP: inside.folder };
    chmodSync(dirname(file), 0o755);
    const child = spawn(process.execPath, args, {
      env,
      uid: 4711,
      gid: 4711,
      stdio: ["pipe", "pipe", "pipe"],
    });
    const { exitCode, stderr } = await collect(child);
    expect(stderr).toContain("belongs to another user");
    expect(exitCode).toBe(3);
  });
});
