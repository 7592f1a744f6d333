import { spawn } from "node:child_process";
import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { linesOf } from "../../src/runtime/control/lines-of.ts";
import { callKasmix, kasmix, LAUNCHER } from "../cli/kasmix.ts";
import { startContainer, type TestContainer } from "../helpers/container.ts";
import { eventually, PATIENCE } from "../helpers/eventually.ts";

const SERVICES = ["session-bus", "display", "desktop", "sound"];

describe("services, seen and controlled from outside", () => {
  let container: TestContainer;
  let workspace: string;

  beforeAll(async () => {
    container = await startContainer({ image: inject("image") });
    ({ workspace } = container.settings);
  });

  afterAll(() => container?.remove());

  const starts = async (service: string) => (await container.services())[service]?.starts ?? 0;

  test("kasmixctl works as the desktop's user from the container's first second", async () => {
    await container.engine.run(["restart", container.name]);
    const report = JSON.parse(await container.exec("kasmixctl", "status", "--json"));
    expect(Object.keys(report.services)).toEqual(SERVICES);
    expect((await container.exec("stat", "--format", "%a %U", "/tmp/kasmix/control.sock")).trim()).toBe(
      "600 kasm-user",
    );
    expect(await container.exec("kasmixctl", "start", ...SERVICES)).toMatch(/^desktop: ready$/m);
  });

  test("status has the container and a table of its services", async () => {
    await container.ready();
    const { exitCode, stdout } = await callKasmix(["status", workspace]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^State: +running, ready$/m);
    for (const service of SERVICES) expect(stdout).toMatch(new RegExp(`^${service} +ready .* MiB`, "m"));
    const { supervisor } = JSON.parse((await callKasmix(["status", workspace, "--json"])).stdout);
    expect(supervisor).toMatchObject({
      phase: "running",
      ready: true,
      services: { sound: { status: "ready" } },
    });
  });

  test("a service is stopped, started and restarted, and the command waits for it", async () => {
    const before = await starts("sound");
    expect(await callKasmix(["stop", workspace, "sound"])).toMatchObject({
      exitCode: 0,
      stdout: "sound: stopped",
    });
    expect((await container.services()).sound?.status).toBe("stopped");
    expect((await container.attempt("pgrep", "-x", "pulseaudio")).ok).toBe(false);
    expect(await callKasmix(["start", workspace, "sound"])).toMatchObject({
      exitCode: 0,
      stdout: "sound: ready",
    });
    const { stdout } = await callKasmix(["restart", workspace, "display", "sound", "--json"]);
    expect(JSON.parse(stdout)).toEqual({
      workspace,
      services: expect.arrayContaining([
        { service: "display", status: "ready" },
        { service: "sound", status: "ready" },
      ]),
    });
    expect(await starts("sound")).toBe(before + 2);
    expect(await container.inspect("{{.State.Running}} {{.RestartCount}}")).toBe("true 0");
    await container.ready();
  });

  test("an unknown service is refused with a suggestion and the exit code 2", async () => {
    const { exitCode, stdout, stderr } = await callKasmix(["restart", workspace, "dispaly"]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toContain('error: There is no service "dispaly".\nfix: Did you mean display?');
  });

  test("a service that is not ready in time gives the exit code 7 and the command that shows why", async () => {
    const { exitCode, stdout } = await callKasmix([
      "restart",
      workspace,
      "desktop",
      "--timeout",
      "0",
      "--json",
    ]);
    expect(exitCode).toBe(7);
    expect(JSON.parse(stdout).error).toMatchObject({
      code: "E_NOT_READY",
      faults: [{ path: "desktop", message: expect.stringContaining("is still") }],
      fix: `See its log: ./kasmix logs ${workspace} desktop`,
    });
    await eventually(async () => expect((await container.services()).desktop?.status).toBe("ready"), {
      timeout: PATIENCE,
    });
  });

  test("logs and events are JSON lines in a pipe, of one service if asked for", async () => {
    const { stdout } = await kasmix(["events", workspace, "sound"]);
    const events = stdout.split("\n").map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(events).toContainEqual(
      expect.objectContaining({ event: "service", service: "sound", to: "stopped" }),
    );
    expect(new Set(events.map(({ service }) => service))).toEqual(new Set(["sound"]));
    const logs = JSON.parse((await kasmix(["logs", workspace, "display", "--tail", "2", "--json"])).stdout);
    expect(logs).toMatchObject({
      workspace,
      service: "display",
      lines: [expect.any(String), expect.any(String)],
    });
  });

  test("followers see events, and leave no process in the container however they end", async () => {
    for (const signal of ["SIGINT", "SIGKILL"] as const) {
      const args = ["events", workspace, "sound", "--follow", "--tail", "1"];
      const events = spawn(LAUNCHER, args, { stdio: ["ignore", "pipe", "ignore"] });
      const lines = linesOf(events.stdout);
      await lines.next();
      await container.exec("kasmixctl", "restart", "sound", "--no-wait");
      expect(JSON.parse((await lines.next()).value)).toMatchObject({ to: "stopping", reason: "order" });
      events.kill(signal);
      await once(events, "exit");
      await eventually(
        async () => expect((await container.attempt("pgrep", "-f", "kasmixctl")).stdout.trim()).toBe(""),
        { timeout: PATIENCE },
      );
      await container.exec("kasmixctl", "start", "sound");
    }
  });

  test("the container is stopped, started and restarted, and the command waits for it", async () => {
    const stopped = await callKasmix(["stop", workspace]);
    expect(stopped).toMatchObject({ exitCode: 0, stdout: `${workspace} is stopped` });
    expect(await container.inspect("{{.State.Running}} {{.State.ExitCode}}")).toBe("false 0");
    expect(await callKasmix(["stop", workspace])).toMatchObject({ exitCode: 0 });

    const { exitCode, stderr } = await callKasmix(["restart", workspace, "sound"]);
    expect(exitCode).toBe(6);
    expect(stderr).toContain(`fix: Start it: ./kasmix start ${workspace}`);
    expect((await callKasmix(["events", workspace])).exitCode).toBe(6);
    expect((await kasmix(["logs", workspace, "--tail", "1"])).stdout).toContain('"event":"exit"');

    for (const order of ["start", "restart"]) {
      const { stdout } = await callKasmix([order, workspace, "--json"]);
      expect(JSON.parse(stdout)).toMatchObject({ workspace, state: "running" });
      const { ready } = JSON.parse((await callKasmix(["status", workspace, "--json"])).stdout);
      expect(ready).toBe(true);
    }
  });
});
