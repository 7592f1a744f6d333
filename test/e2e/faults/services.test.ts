import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect } from "vitest";
import { eventually, PATIENCE } from "../../helpers/eventually.ts";
import { createFaults, type Faults, test } from "../../helpers/faults.ts";
import type { TestService } from "../../helpers/faults-folder.ts";

/** Deaths in a row after which a service is given up. */
const LIMIT = 5;
const SIGNALS = ["SEGV", "ABRT", "BUS", "KILL"] as const;

const dies = Object.fromEntries(
  SIGNALS.map((signal) => {
    const script = `[ $(wc -l < /faults/by-${signal}.starts) -gt 1 ] && stay; ulimit -c 0; kill -s ${signal} $$`;
    return [`by-${signal}`, { script }];
  }),
);

const SERVICES: Record<string, TestService> = {
  ...dies,
  "exits-0": { script: "exit 0" },
  "exits-0-on-failure": { script: "exit 0", restart: "on-failure" },
  "exits-0-never": { script: "exit 0", restart: "never" },
  "exits-1": { script: "exit 1" },
  "exits-125": { script: "exit 125" },
  // The child outlives its parent: the next start must find no rival.
  forks: {
    script: `touch /faults/forks.children
      for pid in $(cat /faults/forks.children); do kill -0 $pid && mark forks.rivals $pid; done
      sleep infinity & mark forks.children $!; exit 0`,
  },
  daemon: {
    script: `setsid sh -c 'echo $$ > /faults/daemon.pid; exec sleep infinity' & exit 0`,
    restart: "never",
  },
  pipeline: { script: "gate pipeline; yes | tail & yes | tail" },
  orphans: {
    script:
      "gate orphans; i=0; while [ $i -lt 10000 ]; do (true &); i=$((i + 1)); done; mark orphans.done all; stay",
  },
  silent: { script: "exec 1>&- 2>&-; gate silent; stay" },
  "stops-itself": { script: "kill -s STOP $$; mark stops-itself.gone-on yes; stay" },
  nowhere: { script: "pwd > /faults/nowhere.pwd; stay", directory: "/does/not/exist" },
  missing: { command: ["/does/not/exist"] },
  "missing-name": { command: ["does-not-exist", "--at-all"] },
  directory: { command: ["/usr"] },
  "not-executable": { command: ["/faults/not-executable"] },
  "wrong-format": { command: ["/faults/wrong-format"] },
  "no-program": { command: [] },
  "empty-program": { command: [""] },
  healthy: { script: "stay" },
};

describe("services that behave badly", () => {
  let faults: Faults;

  beforeAll(async () => {
    const gates = ["silent", "pipeline", "orphans"];
    // Otherwise two `yes` take a busy machine's processors from the test itself.
    const limits = { pipeline: { niceness: 19 } };
    faults = await createFaults({ services: SERVICES, gates, limits });
    writeFileSync(join(faults.folder, "not-executable"), "#!/bin/sh\n", { mode: 0o644 });
    // An ELF header of an unknown architecture (0xfeed).
    const elf = Buffer.concat([Buffer.from("7f454c46020101000000000000000000", "hex"), Buffer.alloc(48)]);
    elf.writeUInt16LE(2, 16);
    elf.writeUInt16LE(0xfeed, 18);
    writeFileSync(join(faults.folder, "wrong-format"), elf, { mode: 0o755 });
    await faults.start();
    await faults.container.ready();
  });

  afterEach(() => faults.isUp());
  afterAll(() => faults?.remove());

  test.each([
    ["exits-0", 0],
    ["exits-1", 1],
  ])(
    "%s at once, again and again: given up after five deaths, and the log has the exit code",
    async (name, code) => {
      const { edge, deaths } = await faults.givenUp(name);
      expect(edge).toMatchObject({ level: "error", code, signal: null, delay: 10_000 });
      expect(deaths).toBe(LIMIT);
    },
  );

  test.each([
    ["exits-0-on-failure", 0],
    ["exits-0-never", 0],
    ["exits-125", 125],
  ])("%s is done after one start", async (name, code) => {
    expect(await faults.until(name, "done")).toMatchObject({ code });
    expect(faults.starts(name)).toHaveLength(1);
  });

  test.each(SIGNALS)("killed by SIG%s it is started again, once, and the signal is named", async (signal) => {
    const name = `by-${signal}`;
    await faults.until(name, "ready");
    await faults.hasStarted(name, 2);
    const edges = await faults.edges(name);
    expect(edges.filter((edge) => edge.signal === `SIG${signal}`)).toHaveLength(1);
    expect(edges.filter((edge) => edge.to === "starting")).toHaveLength(2);
  });

  test("a parent that forks and exits: its children are gone before the next start, never two at a time", async () => {
    await faults.givenUp("forks");
    const children = faults.marks("forks.children");
    expect(children.length).toBeGreaterThanOrEqual(LIMIT);
    expect(faults.marks("forks.rivals")).toEqual([]);
    await eventually(
      async () => {
        for (const pid of children) expect([pid, await lives(pid)]).toEqual([pid, false]);
      },
      { timeout: PATIENCE },
    );
  });

  test("a daemon that forks twice is adopted by process 1 and reaped when it ends", async () => {
    await faults.until("daemon", "done");
    const [pid] = await eventually(() => {
      const pids = faults.marks("daemon.pid");
      expect(pids).toHaveLength(1);
      return pids;
    });
    expect(await faults.container.shell(`ps -o ppid= -p ${pid}`)).toMatch(/^\s*1$/);
    await faults.kill("TERM", Number(pid));
    await eventually(async () => expect(await faults.does(`test -e /proc/${pid}`)).toBe(false));
    expect((await faults.edges("daemon")).at(-1)?.to).toBe("done");
  });

  test("the processes of `yes | tail & yes | tail` are gone after the kill of their leader", async () => {
    const [leader] = await started("pipeline");
    const group = () => faults.container.shell(`pgrep -l -g ${leader} | cut -d' ' -f2 | sort | tr '\\n' ' '`);
    faults.open("pipeline");
    await eventually(async () => expect(await group()).toBe("sh tail tail yes yes "), { timeout: PATIENCE });
    await faults.kill("KILL", leader);
    await eventually(async () => expect(await group()).toBe(""), { timeout: PATIENCE });
    await faults.hasStarted("pipeline", 2);
  });

  test("a service that closes its output does not count as dead", async () => {
    const [pid] = await started("silent");
    await eventually(async () => expect(await faults.does(`test ! -e /proc/${pid}/fd/1`)).toBe(true));
    faults.open("silent");
    await eventually(async () => expect(await faults.container.shell(`cat /proc/${pid}/comm`)).toBe("sleep"));
    expect(faults.starts("silent")).toEqual([pid]);
    await faults.kill("TERM", pid);
    await faults.hasStarted("silent", 2);
  });

  test("a service that stops itself does not count as dead: CONT continues the same process", async () => {
    const [pid] = await started("stops-itself");
    await eventually(async () => expect(await stateOf(pid)).toBe("T"), { timeout: PATIENCE });
    expect((await faults.container.services())["stops-itself"]).toMatchObject({ status: "ready", pid });
    await faults.kill("CONT", pid);
    await eventually(() => expect(faults.marks("stops-itself.gone-on")).toEqual(["yes"]));
    expect(faults.starts("stops-itself")).toEqual([pid]);
  });

  test("a missing working directory is replaced by /", async () => {
    await eventually(() => expect(faults.marks("nowhere.pwd")).toEqual(["/"]), { timeout: PATIENCE });
    await faults.hasStarted("nowhere", 1);
  });

  test.each([
    ["missing", /\/does\/not\/exist.*ENOENT/],
    ["missing-name", /does-not-exist.*ENOENT/],
    ["directory", /\/usr.*EACCES/],
    ["not-executable", /\/faults\/not-executable.*EACCES/],
    ["empty-program", /no command/],
  ])("%s cannot be started: five attempts, and the log says what is wrong", async (name, reason) => {
    const { edge, deaths } = await faults.givenUp(name);
    expect(edge).toMatchObject({ level: "error", error: expect.stringMatching(reason) });
    expect(deaths).toBe(LIMIT);
  });

  test("a service without a program is left out, and the log names it", async () => {
    await faults.logged({ level: "error", message: /no-program.*command/ });
    expect(await faults.edges("no-program")).toEqual([]);
  });

  test("a program of another architecture is given up, and the log says why", async () => {
    expect((await faults.givenUp("wrong-format")).edge).toMatchObject({ level: "error" });
    const said = (await faults.log()).filter((line) => line.service === "wrong-format");
    expect(JSON.stringify(said)).toMatch(/ENOEXEC|Exec format error|syntax error|not found/i);
  });

  test("10,000 orphans are reaped", async () => {
    faults.open("orphans");
    await eventually(() => expect(faults.marks("orphans.done")).toEqual(["all"]), { timeout: PATIENCE });
    await faults.noZombies();
    expect(faults.starts("orphans")).toHaveLength(1);
  });

  test("the desktop and a healthy service were never disturbed", async () => {
    const services = await faults.container.services();
    for (const name of ["session-bus", "display", "desktop", "sound", "healthy"])
      expect([name, services[name]]).toEqual([name, expect.objectContaining({ status: "ready", starts: 1 })]);
    await faults.hasStarted("healthy", 1);
  });

  test("every service counted as many starts as the log has", async () => {
    await faults.startsAgree(Object.keys(SERVICES).filter((name) => SERVICES[name]?.script !== undefined));
  });

  async function started(name: string): Promise<number[]> {
    return await eventually(() => {
      const pids = faults.starts(name);
      expect(pids).not.toEqual([]);
      return pids;
    });
  }

  const lives = (pid: string) =>
    faults.does(`test -e /proc/${pid} && ! grep -q '^State:.Z' /proc/${pid}/status`);

  const stateOf = (pid: number | undefined) => faults.container.shell(`ps -o state= -p ${pid}`);
});

describe("without tini as process 1", () => {
  test("10,000 orphans are reaped, and TERM ends everything", async ({ start }) => {
    const orphans = SERVICES.orphans as TestService;
    const faults = await start({
      services: { orphans },
      gates: ["orphans"],
      engineOptions: ["--init", "--restart", "no"],
    });
    faults.open("orphans");
    await eventually(() => expect(faults.marks("orphans.done")).toEqual(["all"]), { timeout: PATIENCE });
    expect(await faults.container.shell("cat /proc/1/comm")).toContain("docker-init");
    await faults.logged({
      level: "warn",
      event: "secret.shown",
      message: /VNC_PW .*process 1.*without --init/,
    });
    await faults.noZombies();
    await faults.isUp();
    await faults.container.engine.run(["stop", faults.container.name]);
    expect(await faults.container.inspect("{{.State.ExitCode}}")).toBe("0");
  });
});
