import { afterAll, afterEach, beforeAll, beforeEach, describe, expect } from "vitest";
import { isReady } from "../../../src/engine/ready.ts";
import { eventually, PATIENCE } from "../../helpers/eventually.ts";
import { createFaults, type Faults, startFaults, test } from "../../helpers/faults.ts";
import type { TestService } from "../../helpers/faults-folder.ts";

const DEADLY = ["TERM", "INT", "HUP", "QUIT", "USR1", "USR2", "PIPE"] as const;
/** Signals that end and change nothing; a terminal does not stop a process group without a parent in its session. */
const HARMLESS = ["WINCH", "CHLD", "TSTP", "TTIN", "TTOU", "CONT"] as const;
/** The signals that the entrypoint must survive: all but the three that stop it. */
const FOR_ENTRYPOINT = ["HUP", "USR1", "USR2", "PIPE", ...HARMLESS, "ALRM", "PWR"] as const;
const STOPPING = ["TERM", "INT", "QUIT"] as const;

describe("signals to the entrypoint that do not stop it", () => {
  let faults: Faults;

  beforeAll(async () => {
    faults = await createFaults({ services: { still: { script: "stay" } } });
  });

  // A signal that ends it must not hide what the others do.
  beforeEach(async () => {
    if (await isReady(faults.container.settings)) return;
    await faults.container.engine.attempt(["kill", faults.container.name]);
    await faults.start();
    await faults.container.ready();
  });

  afterEach(() => faults.isUp());
  afterAll(() => faults?.remove());

  test.each(FOR_ENTRYPOINT)("%s to process 1 disturbs nothing", async (signal) => {
    await faults.container.engine.run(["kill", "--signal", signal, faults.container.name]);
    await answers();
  });

  test.each(FOR_ENTRYPOINT)("%s to the supervisor disturbs nothing", async (signal) => {
    await faults.kill(signal, await faults.supervisor());
    await answers();
  });

  test("HUP is logged, and USR1 logs the state of every service", async () => {
    const supervisor = await faults.supervisor();
    await faults.kill("HUP", supervisor);
    await faults.logged({ event: "signal", signal: "SIGHUP" });
    await faults.kill("USR1", supervisor);
    const { state } = await faults.logged({ event: "state" });
    expect(Object.keys((state as { services: object }).services)).toEqual(
      expect.arrayContaining(["session-bus", "display", "desktop", "sound", "still"]),
    );
  });

  /** The gateway answers, and nothing was started again. */
  async function answers(): Promise<void> {
    expect((await faults.container.services()).still).toMatchObject({ status: "ready", starts: 1 });
  }
});

describe("signals to services", () => {
  const victims = DEADLY.flatMap((signal) => [
    `leader-${signal}`.toLowerCase(),
    `group-${signal}`.toLowerCase(),
  ]);
  const child = (name: string) => `sleep infinity & mark ${name}.children $!; wait; exit 99`;
  const services: Record<string, TestService> = {
    ...Object.fromEntries(victims.map((name) => [name, { script: `ulimit -c 0; ${child(name)}` }])),
    calm: { script: "sleep infinity & mark calm.children $!; stay" },
    bare: { script: "grep -E '^Sig(Blk|Ign)' /proc/self/status > /faults/bare.signals; stay" },
    still: { script: "stay" },
  };
  let faults: Faults;

  beforeAll(async () => {
    faults = await startFaults({ services });
    await faults.container.ready();
  });

  afterEach(() => faults.isUp());
  afterAll(() => faults?.remove());

  test("a service begins with no signal blocked and none ignored", async () => {
    await eventually(() => expect(faults.marks("bare.signals")).toHaveLength(2), { timeout: PATIENCE });
    for (const line of faults.marks("bare.signals")) expect(line).toMatch(/\t0{16}$/);
  });

  test.each(DEADLY)(
    "%s ends a service: it is started again, once, and the log names the signal",
    async (signal) => {
      await diesOnce(`leader-${signal}`.toLowerCase(), signal, 1);
    },
  );

  test.each(DEADLY)(
    "%s to a service's group ends all of it, and only it is started again",
    async (signal) => {
      await diesOnce(`group-${signal}`.toLowerCase(), signal, -1);
    },
  );

  test.each(HARMLESS)("%s to a service and to its group does not end it", async (signal) => {
    const [pid = 0] = await started("calm");
    await faults.kill(signal, pid);
    await faults.kill(signal, -pid);
    await answers();
    expect(faults.starts("calm")).toEqual([pid]);
    expect(await faults.does("kill -0 $1 $2", String(pid), ...faults.marks("calm.children"))).toBe(true);
  });

  test("a service that STOP holds and CONT lets go does not count as dead", async () => {
    const [pid = 0] = await started("calm");
    const state = (wanted: string) => async () =>
      expect(await faults.container.shell(`ps -o state= -p ${pid}`)).toBe(wanted);
    await faults.kill("STOP", pid);
    await eventually(state("T"));
    expect((await faults.container.services()).calm).toMatchObject({ status: "ready", pid, starts: 1 });
    await faults.kill("CONT", pid);
    await eventually(state("S"));
    await answers();
    expect(faults.starts("calm")).toEqual([pid]);
  });

  test("no other service was started again", async () => {
    const services = await faults.container.services();
    for (const name of ["session-bus", "display", "desktop", "sound", "still", "calm", "bare"])
      expect([name, services[name]]).toEqual([name, expect.objectContaining({ status: "ready", starts: 1 })]);
    await faults.noZombies();
  });

  /** The gateway answers, and nothing was started again. */
  async function answers(): Promise<void> {
    expect((await faults.container.services()).still).toMatchObject({ status: "ready", starts: 1 });
  }

  async function diesOnce(name: string, signal: string, sign: 1 | -1): Promise<void> {
    const [pid = 0] = await started(name);
    const children = faults.marks(`${name}.children`);
    await faults.kill(signal, sign * pid);
    await faults.hasStarted(name, 2);
    // The engine hands the log on a little later.
    await eventually(async () => {
      const edges = await faults.edges(name);
      expect(edges.filter((edge) => edge.signal === `SIG${signal}` && edge.pid === pid)).toHaveLength(1);
      expect(edges.filter((edge) => edge.to === "starting")).toHaveLength(2);
    });
    await eventually(async () => expect(await faults.does("kill -0 $1", ...children)).toBe(false));
  }

  const started = (name: string): Promise<number[]> =>
    eventually(
      () => {
        const pids = faults.starts(name);
        expect(pids).not.toEqual([]);
        return pids;
      },
      { timeout: PATIENCE },
    );
});

describe.concurrent("the end of the container", () => {
  const ONCE = { engineOptions: ["--restart", "no"] } as const;
  const stubborn: TestService = {
    script: "trap '' TERM INT HUP QUIT; mark stubborn.up yes; while :; do sleep 1; done",
    stop: { signal: "TERM", grace: 9, to: "group" },
  };
  /** It starts at once, and never becomes ready. */
  const unready: TestService = { script: "stay", ready: { file: "/faults/never" } };
  const failing: TestService = { script: "exit 1" };

  test.for(STOPPING)("%s to process 1 stops everything: exit code 0", async (signal, { start }) => {
    const faults = await start({ ...ONCE, services: { unready } });
    await faults.until("unready", "starting");
    await faults.container.engine.run(["kill", "--signal", signal, faults.container.name]);
    expect(await faults.ended()).toBe(0);
    await faults.logged({ event: "signal", signal: `SIG${signal}` });
    await faults.logged({ event: "exit", code: 0 });
  });

  test.for(STOPPING)("%s to the supervisor stops everything: exit code 0", async (signal, { start }) => {
    const faults = await start({ ...ONCE, services: { failing } });
    await faults.container.ready();
    await faults.kill(signal, await faults.supervisor());
    expect(await faults.ended()).toBe(0);
  });

  test("TERM during a service's back-off wins: it is never started again", async ({ start }) => {
    const faults = await start({ ...ONCE, services: { failing } });
    await faults.until("failing", "backoff");
    await faults.container.engine.run(["stop", faults.container.name]);
    expect(await faults.container.inspect("{{.State.ExitCode}}")).toBe("0");
    const edges = await faults.edges("failing");
    expect(edges.at(-1)?.to).toBe("stopped");
    expect(edges.filter((edge) => edge.to === "starting")).toHaveLength(faults.starts("failing").length);
  });

  test("TERM in the container's first moment ends it without a kill, and it starts well afterwards", async ({
    start,
  }) => {
    const faults = await start({ ...ONCE, services: { still: { script: "stay" } } });
    await faults.container.engine.run(["stop", faults.container.name]);
    // Before Node runs nothing handles the signal: TERM itself ends the process.
    expect(["0", "143"]).toContain(await faults.container.inspect("{{.State.ExitCode}}"));
    const before = faults.starts("still").length;
    await faults.start();
    await faults.container.ready();
    await faults.hasStarted("still", before + 1);
    await faults.isUp();
  });

  test("services that ignore TERM are killed within the 10 s that engines give: exit code 0", async ({
    start,
  }) => {
    const more = { script: "trap '' TERM; mark more.up yes; while :; do sleep 1; done" };
    const faults = await start({ ...ONCE, services: { stubborn, more } });
    await faults.container.ready();
    await eventually(() => expect(faults.marks("stubborn.up")).toEqual(["yes"]));
    await eventually(() => expect(faults.marks("more.up")).toEqual(["yes"]));
    await faults.container.engine.run(["stop", "--time", "10", faults.container.name]);
    expect(await faults.container.inspect("{{.State.ExitCode}}")).toBe("0");
    for (const name of ["stubborn", "more"])
      expect((await faults.edges(name)).at(-1)).toMatchObject({ to: "stopped", signal: "SIGKILL" });
  });

  test("a second TERM kills at once what the first one still waits for", async ({ start }) => {
    const faults = await start({ ...ONCE, services: { stubborn } });
    await faults.container.ready();
    await eventually(() => expect(faults.marks("stubborn.up")).toEqual(["yes"]));
    const term = () => faults.container.engine.run(["kill", "--signal", "TERM", faults.container.name]);
    await term();
    await faults.until("stubborn", "stopping");
    await term();
    expect(await faults.ended()).toBe(0);
    expect(await faults.until("stubborn", "stopped")).toMatchObject({ signal: "SIGKILL" });
    const signals = (await faults.log()).filter(({ event }) => event === "signal");
    expect(signals).toMatchObject([{ signal: "SIGTERM" }, { signal: "SIGTERM" }]);
  });

  test("KILL of the supervisor ends the container with 137, and it starts again clean", async ({ start }) => {
    const faults = await start({ ...ONCE, services: { still: { script: "stay" } } });
    await faults.container.ready();
    await faults.kill("KILL", await faults.supervisor());
    expect(await faults.ended()).toBe(137);
    expect(await faults.container.inspect("{{.RestartCount}}")).toBe("0");
    await faults.start();
    await faults.container.ready();
    await faults.hasStarted("still", 2);
    const services = await faults.container.services();
    for (const name of ["session-bus", "display", "desktop", "still"])
      expect([name, services[name]]).toEqual([name, expect.objectContaining({ status: "ready", starts: 1 })]);
    await faults.isUp();
  });
});
