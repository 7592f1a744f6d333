import { describe, expect } from "vitest";
import { eventually, PATIENCE } from "../../helpers/eventually.ts";
import { type Faults, test } from "../../helpers/faults.ts";

const BUILT_IN = ["session-bus", "display", "desktop", "sound"] as const;
const probe = { probe: { script: "stay" } } as const;

/** Checks that built-in services and the probe were started once. */
async function undisturbed(faults: Faults, names: readonly string[] = [...BUILT_IN, "probe"]): Promise<void> {
  for (const name of names) await faults.until(name, "ready");
  const services = await faults.container.services();
  for (const name of names)
    expect([name, services[name]]).toMatchObject([name, { status: "ready", starts: 1 }]);
  await faults.isUp();
}

describe.concurrent("no file descriptors left", () => {
  test("from the start: the container stays up, services are given up, and the log says which limit to raise", async ({
    start,
  }) => {
    const faults = await start({ services: probe, engineOptions: ["--ulimit", "nofile=28:28"] });
    for (const service of ["session-bus", "display", "probe"]) {
      await faults.givenUp(service);
      const { message } = await faults.logged({ level: "error", event: "service.crash-loop", service });
      expect(message).toMatch(/EMFILE.*nofile/);
    }
    expect(faults.starts("probe")).toEqual([]);
    await faults.isUp();
  });

  test("while it runs: a service that dies cannot be started, and comes back once there are some", async ({
    start,
  }) => {
    const faults = await start({
      services: { ...probe, victim: { script: "gate victim; exit 1" } },
      gates: ["victim"],
    });
    await faults.container.ready();
    const pid = String(await faults.supervisor());
    const limit = (soft: string) => faults.container.exec("prlimit", "--pid", pid, `--nofile=${soft}:`);
    // Only root may list them.
    const list = ["exec", "--user", "root", faults.container.name, "sh", "-c", `ls /proc/${pid}/fd | wc -l`];
    const used = await faults.container.engine.run(list);
    const before = await faults.container.shell(`prlimit --pid $1 --nofile -o SOFT --noheadings`, pid);
    await limit(used.trim());
    faults.open("victim");
    await faults.logged({ service: "victim", error: /EMFILE/ });
    expect(faults.starts("victim")).toHaveLength(1);
    await faults.isUp();
    await limit(before.trim());
    await faults.hasStarted("victim", 2);
    await undisturbed(faults);
  });
});

describe.concurrent("no processes left", () => {
  test("a service that dies meanwhile cannot be started and comes back later; the container stays up", async ({
    start,
  }) => {
    const faults = await start({
      services: { ...probe, victim: { script: "gate victim; exit 1" } },
      gates: ["victim"],
    });
    await faults.container.ready();
    // The desktop is ready without sound, which cannot start either once there are no processes.
    await faults.until("sound", "ready");
    const limit = (most: number) =>
      faults.container.engine.run(["update", "--pids-limit", String(most), faults.container.name]);
    await limit(2);
    faults.open("victim");
    await faults.logged({ service: "victim", event: "service", error: /EAGAIN/ });
    // Do not enter it before there are processes again: the engine's helper starts threads under the same limit.
    await faults.stillRuns();
    const { message } = await faults.logged({ event: "service.crash-loop", service: "victim" });
    expect(message).toMatch(/EAGAIN.*pids/);
    expect(faults.starts("victim")).toHaveLength(1);
    await limit(1000);
    await faults.container.exec("kasmixctl", "restart", "victim");
    await faults.hasStarted("victim", 2);
    await undisturbed(faults);
  });

  test("a service that forks until none are left takes all its processes with it when it dies", async ({
    start,
  }) => {
    const faults = await start({
      services: {
        ...probe,
        bomb: {
          script: `[ -e /faults/full ] && stay
            (while sleep infinity & do :; done) 2>/dev/null
            mark full yes; gate bomb; exit 1`,
          needs: [{ service: "desktop", condition: "ready" }],
        },
      },
      gates: ["bomb"],
      engineOptions: ["--pids-limit", "200"],
    });
    await eventually(() => expect(faults.marks("full")).toEqual(["yes"]), { timeout: PATIENCE });
    // The engine's helper needs some processes itself, and so do services that start meanwhile.
    await eventually(() => faults.isUp(), { timeout: PATIENCE });
    faults.open("bomb");
    await faults.hasStarted("bomb", 2);
    expect(await faults.container.shell("pgrep -c -x sleep")).toBe("2");
    await faults.noZombies();
    await undisturbed(faults, ["session-bus", "display", "desktop", "probe"]);
  });
});

describe.concurrent("no memory left", () => {
  const engineOptions = ["--memory", "640m", "--memory-swap", "640m"];

  test("the kernel kills a service's child: exit code 137, started again, and no other service is disturbed", async ({
    start,
  }) => {
    const faults = await start({
      services: {
        ...probe,
        eater: { script: "[ -e /faults/ate ] && stay; mark ate yes; tail /dev/zero; exit $?" },
      },
      engineOptions,
    });
    await faults.hasStarted("eater", 2);
    await faults.logged({ service: "eater", event: "service", code: 137 });
    await faults.container.ready();
    await undisturbed(faults);
  });

  test("the kernel kills the service itself: SIGKILL, started again, and no other service is disturbed", async ({
    start,
  }) => {
    const faults = await start({
      services: {
        ...probe,
        eater: { script: "[ -e /faults/ate ] && stay; mark ate yes; exec tail /dev/zero" },
      },
      engineOptions,
    });
    await faults.hasStarted("eater", 2);
    await faults.logged({ service: "eater", event: "service", signal: "SIGKILL" });
    await faults.container.ready();
    await undisturbed(faults);
  });

  test("many small processes use it up: the supervisor is the last to be killed, and the container stays up", async ({
    start,
  }) => {
    const eat = 'x=$(head -c 12000000 /dev/zero | tr "\\0" x); mark eaters $$; gate never';
    const faults = await start({
      services: {
        ...probe,
        herd: {
          script: `[ -e /faults/herded ] && stay; mark herded yes
            n=0; while [ $n -lt 80 ]; do sh -c '. /faults/eat.sh' & n=$((n + 1)); done; wait; exit 1`,
          needs: [{ service: "desktop", condition: "ready" }],
        },
      },
      gates: ["never"],
      engineOptions,
      before: `cat > /faults/eat.sh <<'EAT'
gate() { read -r _ < /faults/$1.gate; }
mark() { echo "$2" >> /faults/$1; }
${eat}
EAT`,
    });
    await eventually(async () => expect(await kills(faults)).toBeGreaterThan(0), { timeout: PATIENCE });
    await faults.isUp();
    const herd = faults.starts("herd");
    if (herd.length === 1) await faults.container.attempt("kill", "-s", "KILL", String(herd[0]));
    await faults.hasStarted("herd", 2);
    await faults.container.ready();
    for (const name of BUILT_IN) await faults.until(name, "ready");
    await faults.noZombies();
    await faults.isUp();
  });

  // The entrypoint was larger than each of them, so the kernel killed it first, 3 of 3 times.
  test("forty small processes of docker exec fill 320 MiB: they are killed, and neither entrypoint nor container ends", async ({
    start,
  }) => {
    const faults = await start({ engineOptions: ["--memory", "320m", "--memory-swap", "320m"] });
    await faults.desktopReady();
    // tail keeps what it has read until there is no more.
    const eat = "{ head -c 12000000 /dev/zero; sleep 1000; } | tail -n 1";
    const waits = "until [ -e /tmp/eat ]; do sleep 0.5; done";
    const herd = `n=0; while [ $n -lt 40 ]; do { ${waits}; ${eat}; } & n=$((n + 1)); done; wait`;
    await faults.container.engine.run(["exec", "--detach", faults.container.name, "sh", "-c", herd]);
    // They begin with the score of the entrypoint, which raises it every 3 s.
    const raised = () => faults.container.shell("grep -l -x 600 /proc/[0-9]*/oom_score_adj | wc -l");
    await eventually(async () => expect(Number(await raised())).toBeGreaterThan(40), { timeout: PATIENCE });
    await faults.container.exec("touch", "/tmp/eat");
    await eventually(async () => expect(await kills(faults)).toBeGreaterThan(5), { timeout: PATIENCE });
    await faults.isUp();
    await faults.container.attempt("pkill", "-KILL", "-x", "sleep");
    await faults.desktopReady();
    await faults.isUp();
  });

  test("a service that outgrows its ceiling is restarted in order, with the reason, before the kernel kills", async ({
    start,
  }) => {
    const faults = await start({
      services: {
        ...probe,
        grows: {
          script: `[ -e /faults/grown ] && stay
            x=$(head -c 100000000 /dev/zero | tr "\\0" x); mark grown yes; gate never`,
        },
      },
      limits: { grows: { memory: "64MiB", niceness: 7 } },
      gates: ["never"],
    });
    await faults.hasStarted("grows", 2);
    await faults.logged({ service: "grows", event: "service", level: "warn", reason: "memory" });
    expect(await faults.container.shell("ps -o ni= -p $1", String(faults.starts("grows")[1]))).toMatch(
      /^\s*7$/,
    );
    await faults.container.ready();
    await undisturbed(faults);
  });

  /** How often the kernel has killed in this container, on either version of control groups. */
  async function kills(faults: Faults): Promise<number> {
    const files = "/sys/fs/cgroup/memory/memory.oom_control /sys/fs/cgroup/memory.events";
    const text = await faults.container.shell(`cat ${files} 2>/dev/null || :`);
    return Number(/^oom_kill (\d+)$/m.exec(text)?.[1] ?? 0);
  }
});

describe("no space left for the log", () => {
  test("restarts go on, standard output has them, and so has the file once there is space", async ({
    start,
  }) => {
    const faults = await start({
      services: { ...probe, victim: { script: "gate victim; exit 1" } },
      gates: ["victim"],
      engineOptions: ["--tmpfs", "/tmp:size=64m,mode=1777"],
    });
    await faults.container.ready();
    await faults.container.shell("cat /dev/zero > /tmp/filling || :");
    faults.open("victim");
    await faults.hasStarted("victim", 2);
    await faults.logged({ service: "victim", to: "ready", attempt: 2 });
    await faults.isUp();
    await faults.container.exec("rm", "/tmp/filling");
    faults.open("victim");
    await faults.logged({ service: "victim", to: "ready", attempt: 3 });
    const kept = async () =>
      expect(await faults.container.shell("cat /tmp/container-health.log")).toMatch(/ victim: .* attempt=3/);
    await eventually(kept, { timeout: PATIENCE });
    await undisturbed(faults);
  });
});
