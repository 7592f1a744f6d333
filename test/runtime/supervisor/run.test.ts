import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { getPriority, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import type { Readiness } from "../../../src/model/types.ts";
import type { Finding } from "../../../src/runtime/supervisor/health.ts";
import { POLICY } from "../../../src/runtime/supervisor/restart-policy.ts";
import { type ServiceSpec, type Supervisor, supervise } from "../../../src/runtime/supervisor/run.ts";
import { eventually } from "../../helpers/eventually.ts";
import { freePort } from "../../helpers/free-port.ts";
import { memoryLog } from "../memory-log.ts";

const FIXTURE = join(import.meta.dirname, "../fixtures/service.mjs");

let folder: string;
let supervisor: Supervisor | undefined;
let logged: ReturnType<typeof memoryLog>;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kasmix-supervisor-"));
  logged = memoryLog();
});

afterEach(async () => {
  supervisor?.stop();
  supervisor?.stop();
  await supervisor?.ended;
  rmSync(folder, { recursive: true, force: true });
});

function spec(name: string, steps: string[], more: Partial<ServiceSpec> = {}): ServiceSpec {
  return {
    name,
    command: [process.execPath, FIXTURE, ...steps],
    environment: { PATH: process.env.PATH },
    directory: folder,
    needs: [],
    restart: "always",
    stop: { signal: "TERM", grace: 60, to: "group" },
    critical: false,
    ...more,
  };
}

function start(...specs: ServiceSpec[]): Supervisor {
  supervisor = supervise(specs, { log: logged.log, memoryInterval: 50, lookInterval: 20 });
  return supervisor;
}

const service = (name: string) => supervisor?.state().services[name];
const until = (name: string, status: string) => eventually(() => expect(service(name)?.status).toBe(status));
const lines = (name: string) => {
  const path = join(folder, name);
  return existsSync(path) ? readFileSync(path, "utf8").split("\n").filter(Boolean) : [];
};
const isRunning = (pid: number) =>
  existsSync(`/proc/${pid}`) && !/^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));

describe("readiness", () => {
  const kinds: [string, (path: string) => { steps: string[]; ready: Readiness }][] = [
    ["socket", (path) => ({ steps: [`listen=${path}`, "stay"], ready: { socket: path } })],
    ["file", (path) => ({ steps: [`mark=${path}`, "stay"], ready: { file: path } })],
    ["log line", () => ({ steps: ["print=now serving 42", "stay"], ready: { log: "^now serving \\d+$" } })],
    ["file descriptor", () => ({ steps: ["newline=4", "stay"], ready: { fd: 4 } })],
    ["command", (path) => ({ steps: [`mark=${path}`, "stay"], ready: { command: ["test", "-f", path] } })],
  ];

  it.each(kinds)("is reported by %s, and not before", async (_, make) => {
    const gate = join(folder, "gate");
    const { steps, ready } = make(join(folder, "sign"));
    const counted = [`mark=${join(folder, "starts")}`, `gate=${gate}`];
    start(spec("a", [...counted, ...steps], { ready }));
    await eventually(() => expect(lines("starts")).toHaveLength(1));
    expect(service("a")?.status).toBe("starting");
    writeFileSync(gate, "");
    await until("a", "ready");
  });

  it("is reported by a port", async () => {
    const port = await freePort();
    const code = `require('net').createServer().listen(${port}, '127.0.0.1')`;
    start(spec("a", [], { command: [process.execPath, "-e", code], ready: { port } }));
    expect(service("a")?.status).toBe("starting");
    await until("a", "ready");
  });

  it("of one service starts the services that need it", async () => {
    const gate = join(folder, "gate");
    const socket = join(folder, "s");
    start(
      spec("b", [`mark=${join(folder, "order")}=b`, "stay"], {
        needs: [{ service: "a", condition: "ready" }],
      }),
      spec("a", [`gate=${gate}`, `mark=${join(folder, "order")}=a`, `listen=${socket}`, "stay"], {
        ready: { socket },
      }),
    );
    expect(service("b")?.status).toBe("waiting");
    writeFileSync(gate, "");
    await until("b", "ready");
    await eventually(() => expect(lines("order")).toEqual(["a", "b"]));
  });
});

describe("recovery", () => {
  it("starts a killed service again, exactly once", async () => {
    start(spec("a", [`mark=${join(folder, "starts")}`, "stay"]));
    const [first] = await eventually(() => {
      expect(lines("starts")).toHaveLength(1);
      return lines("starts");
    });
    process.kill(Number(first), "SIGKILL");
    await eventually(() => expect(lines("starts")).toHaveLength(2));
    expect(service("a")?.instance).toBe(2);
    expect(logged.edges("a")).toContainEqual(
      expect.objectContaining({ signal: "SIGKILL", pid: Number(first) }),
    );
  });

  it("kills what a dead service left in its process group", async () => {
    const marker = join(folder, "child");
    const script = `sleep 1000 & echo $! >> ${marker}; wait`;
    start(spec("a", [], { command: ["sh", "-c", script] }));
    const orphan = await eventually(() => {
      expect(lines("child")).toHaveLength(1);
      return Number(lines("child")[0]);
    });
    process.kill(service("a")?.pid ?? 0, "SIGKILL");
    await eventually(() => expect(lines("child")).toHaveLength(2));
    await eventually(() => expect(isRunning(orphan)).toBe(false));
  });

  it("degrades a service that cannot stay up, logs its last lines even after a flood, and leaves others alone", async () => {
    const script = "seq 1 3000; echo the reason; exit 1";
    start(spec("bad", [], { command: ["sh", "-c", script] }), spec("good", ["stay"]));
    await eventually(() => expect(service("bad")?.status).toBe("degraded"));
    expect(service("good")).toMatchObject({ status: "ready", instance: 1 });
    expect(
      logged
        .edges("bad")
        .flatMap(({ delay }) => delay ?? [])
        .at(-1),
    ).toBe(10_000);
    const [summary] = logged.events("service.crash-loop");
    expect(summary).toMatchObject({ lines: expect.arrayContaining(["the reason"]) });
  });

  const broken: [string, () => readonly string[]][] = [
    ["a program that does not exist", () => ["/does/not/exist"]],
    ["a directory", () => ["/tmp"]],
    ["a file in a wrong format", () => [executable("\u007fELFgarbage")]],
    ["a file that is not executable", () => [FIXTURE]],
    ["an empty command", () => []],
    ["an argument that is too long", () => ["true", "x".repeat(8 * 1024 * 1024)]],
  ];

  it.each(broken)("counts %s as a death with a reason", async (_, command) => {
    start(spec("a", [], { command: command(), restart: "never" }));
    await until("a", "done");
    const last = logged.edges("a").at(-1);
    expect(last?.error ?? last?.code).toBeTruthy();
  });

  it.each([
    ["missing", "gone"],
    ["a file", "file"],
  ])("runs a service in / when its directory is %s, and logs that", async (_, name) => {
    writeFileSync(join(folder, "file"), "");
    start(spec("a", ["stay"], { directory: join(folder, name) }));
    await until("a", "ready");
    expect(logged.events("service.directory")).toMatchObject([{ service: "a" }]);
  });

  it("starts a service although its preparation failed", async () => {
    const prepare = () => {
      throw new Error("disk full");
    };
    start(spec("a", ["stay"], { prepare }));
    await until("a", "ready");
    expect(logged.events("service.prepare")).toHaveLength(1);
  });
});

describe("output", () => {
  it("is logged with the service's name, and long lines are cut", async () => {
    const script =
      "echo hello; head -c 1M /dev/zero | tr '\\0' x; echo; echo after the flood; exec sleep 1000";
    start(spec("a", [], { command: ["sh", "-c", script] }));
    await eventually(() => expect(logged.output("a")).toContain("after the flood"));
    const [hello, flood] = logged.output("a");
    expect(hello).toBe("hello");
    expect(flood).toMatch(/^x{4096}…$/);
  });
});

describe("health", () => {
  // A desktop without window manager, panel and desktop, or with a frozen display, was ready for ever.
  it("is lost with two bad looks, and comes back with a good one", async () => {
    let found: Finding = "well";
    start(spec("a", ["stay"], { look: () => async () => found }));
    await until("a", "ready");
    found = { wrong: "it has no windows" };
    await until("a", "unhealthy");
    expect(logged.events("service.unhealthy")).toMatchObject([
      { service: "a", message: "a: it has no windows" },
    ]);
    found = "well";
    await until("a", "ready");
    expect(service("a")).toMatchObject({ instance: 1 });
  });

  it("is looked at anew after each start, not before it is ready, and not after its end", async () => {
    const made: number[] = [];
    let looks = 0;
    const look = () => {
      made.push(0);
      return async (): Promise<Finding> => {
        looks += 1;
        return "well";
      };
    };
    start(spec("a", ["print=up", "stay"], { ready: { log: "up" }, look }));
    await until("a", "ready");
    await eventually(() => expect(looks).toBeGreaterThan(1));
    supervisor?.order("restart", "a");
    await eventually(() => expect(made).toHaveLength(2));
    await until("a", "ready");
  });
});

describe("a visitor", () => {
  // After a burst of deaths a service rested although nothing was wrong any more and somebody waited.
  it("has what rests after its death started at once, but not again and again", async () => {
    start(spec("a", [], { command: ["sh", "-c", "exit 1"] }));
    await until("a", "degraded");
    const instance = service("a")?.instance ?? 0;
    const first = performance.now();
    supervisor?.hurry();
    expect(service("a")).toMatchObject({ status: "ready", instance: instance + 1 });
    await until("a", "degraded");
    const clock = vi.spyOn(performance, "now").mockReturnValue(first + POLICY.visitPause - 1);
    onTestFinished(() => clock.mockRestore());
    supervisor?.hurry();
    expect(service("a")).toMatchObject({ status: "degraded", instance: instance + 1 });
    clock.mockReturnValue(first + 60_000);
    supervisor?.hurry();
    expect(service("a")).toMatchObject({ status: "ready", instance: instance + 2 });
  });
});

describe("the kernel", () => {
  // The end of a service was never handled while no file could be opened.
  it("need not be told for a service to start again", async () => {
    const processes = () => {
      throw new Error("EMFILE: too many open files, scandir '/proc'");
    };
    supervisor = supervise([spec("a", ["stay"])], { log: logged.log, processes });
    await until("a", "ready");
    process.kill(service("a")?.pid ?? 0, "SIGKILL");
    await eventually(() => expect(service("a")?.instance).toBe(2));
  });

  it("is told to kill a service rather than the supervisor when memory runs out", async () => {
    start(spec("a", ["print=up", "stay"], { ready: { log: "up" } }));
    await until("a", "ready");
    expect(readFileSync(`/proc/${service("a")?.pid}/oom_score_adj`, "utf8")).toBe("600\n");
  });

  it("is told to kill it later than an app when it is more important", async () => {
    start(spec("a", ["print=up", "stay"], { ready: { log: "up" }, oom: { score: 250 } }));
    await until("a", "ready");
    expect(readFileSync(`/proc/${service("a")?.pid}/oom_score_adj`, "utf8")).toBe("250\n");
  });
});

describe("a flood", () => {
  it("is counted in full: lines that were logged and lines that were dropped", async () => {
    start(spec("a", [], { command: ["sh", "-c", "seq 1 3000; exec sleep 1000"] }));
    await eventually(() => {
      const dropped = logged.events("output.dropped").map(({ lines: count }) => Number(count));
      expect(logged.output("a").length + dropped.reduce((sum, count) => sum + count, 0)).toBe(3000);
    });
  });
});

describe("stopping", () => {
  it("is in reverse order, and exits with 0", async () => {
    const order = join(folder, "order");
    const trap = (name: string) => [
      "sh",
      "-c",
      `trap 'echo ${name} >> ${order}; exit 0' TERM; echo up; while :; do sleep 0.05; done`,
    ];
    const ready = { log: "up" };
    start(
      spec("a", [], { command: trap("a"), ready }),
      spec("b", [], { command: trap("b"), ready, needs: [{ service: "a", condition: "ready" }] }),
    );
    await until("b", "ready");
    supervisor?.stop();
    expect(await supervisor?.ended).toBe(0);
    expect(lines("order")).toEqual(["b", "a"]);
  });

  it("kills a service that ignores its signal, after the grace", async () => {
    start(
      spec("a", ["ignore=SIGTERM", "print=deaf", "stay"], {
        ready: { log: "deaf" },
        stop: { signal: "TERM", grace: 0.2, to: "group" },
      }),
    );
    await until("a", "ready");
    supervisor?.stop();
    await supervisor?.ended;
    expect(logged.edges("a").at(-1)).toMatchObject({ to: "stopped", signal: "SIGKILL" });
  });

  it("waits for the rest of a group, within the grace", async () => {
    const [asked, gate, saved] = ["asked", "gate", "saved"].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    const save = `touch ${asked}; until [ -e ${gate} ]; do sleep 0.01; done; touch ${saved}; exit`;
    const slow = `(trap '${save}' TERM; echo up; while :; do sleep 0.05; done) & trap 'exit 0' TERM; wait`;
    start(
      spec("a", [], {
        command: ["sh", "-c", slow],
        ready: { log: "up" },
      }),
    );
    await until("a", "ready");
    const leader = service("a")?.pid as number;
    supervisor?.stop();
    await eventually(() => expect(existsSync(asked) && !isRunning(leader)).toBe(true));
    writeFileSync(gate, "");
    await supervisor?.ended;
    expect(existsSync(saved)).toBe(true);
  });

  it.each([
    ["process", ["leader", "helper"]],
    ["group", ["helper", "leader"]],
  ] as const)("signals the %s first, as the policy says", async (to, order) => {
    const ended = join(folder, "ended");
    // A leader that is signalled alone gives its helper time to end, which must not happen; otherwise it waits for that.
    const wait = to === "process" ? "sleep 0.3" : `until [ -s ${ended} ]; do sleep 0.01; done`;
    const leader = `trap '${wait}; echo leader >> ${ended}; exit 0' TERM`;
    // The helper is the last one to be ready for a signal.
    const helper = `(trap 'echo helper >> ${ended}; exit' TERM; echo up; while :; do sleep 0.01; done) &`;
    start(
      spec("a", [], {
        command: ["sh", "-c", `${leader}; ${helper} while :; do sleep 0.01; done`],
        ready: { log: "up" },
        stop: { signal: "TERM", grace: 60, to },
      }),
    );
    await until("a", "ready");
    supervisor?.stop();
    await supervisor?.ended;
    expect(lines("ended")).toEqual(order);
  });

  it("ends a back-off", async () => {
    start(spec("a", [`mark=${join(folder, "starts")}`, "exit=1"], { ready: { fd: 3 } }));
    await until("a", "backoff");
    supervisor?.stop();
    await supervisor?.ended;
    expect(lines("starts").length).toBe(service("a")?.instance);
    expect(readdirSync("/proc").filter((pid) => ownedBy(pid, folder))).toEqual([]);
  });

  it("ends the container with the code of a critical service that failed for good", async () => {
    start(spec("a", ["exit=7"], { critical: true, restart: "never" }), spec("b", ["stay"]));
    expect(await supervisor?.ended).toBe(7);
  });
});

describe("orders", () => {
  it("stop, start and restart one service, or are refused with the reason", async () => {
    const steps = [`mark=${join(folder, "starts")}`, "print=up", "stay"];
    const { order } = start(spec("a", steps, { ready: { log: "up" } }));
    await until("a", "ready");
    expect(order("start", "a")).toBe("a is already running");
    expect(order("stop", "a")).toBeUndefined();
    await until("a", "stopped");
    expect(order("start", "a")).toBeUndefined();
    await until("a", "ready");
    expect(order("restart", "a")).toBeUndefined();
    await eventually(() => expect(service("a")).toMatchObject({ status: "ready", instance: 3 }));
    expect(lines("starts")).toHaveLength(3);
    expect(order("stop", "b")).toBe("there is no service b");
  });

  it("wait for the whole group before the next start", async () => {
    const mark = join(folder, "lives");
    const child = `trap '' TERM; echo child >> ${mark}; echo up; while :; do sleep 0.05; done`;
    const command = ["sh", "-c", `(${child}) & trap 'exit 0' TERM; echo parent >> ${mark}; wait`];
    const { order } = start(
      spec("a", [], { command, ready: { log: "up" }, stop: { signal: "TERM", grace: 0.2, to: "group" } }),
    );
    await until("a", "ready");
    const { pid } = service("a") ?? {};
    order("restart", "a");
    await eventually(() => expect(service("a")).toMatchObject({ status: "ready", instance: 2 }));
    expect(readdirSync("/proc").filter((name) => sessionOf(name) === pid)).toEqual([]);
  });

  it("to restart a service that waits for another start it once", async () => {
    const gate = join(folder, "gate");
    const needs = [{ service: "a", condition: "ready" }] as const;
    const { order } = start(
      spec("a", [`gate=${gate}`, "newline=3", "stay"], { ready: { fd: 3 } }),
      spec("b", [`mark=${join(folder, "starts")}`, "print=up", "stay"], { needs, ready: { log: "up" } }),
    );
    await until("a", "starting");
    expect(order("restart", "b")).toBeUndefined();
    expect(order("restart", "b")).toBeUndefined();
    writeFileSync(gate, "");
    await until("b", "ready");
    expect(lines("starts")).toHaveLength(1);
  });
});

describe("ceilings", () => {
  it("restart a service that uses too much memory", async () => {
    const grow = "head -c 48M /dev/zero | tail -c 48M | (read x; sleep 1000)";
    const command = ["sh", "-c", `echo up; ${grow}`];
    start(spec("a", [], { command, ready: { log: "up" }, memoryLimit: 8 * 1024 ** 2 }));
    await eventually(() => expect(service("a")?.instance).toBeGreaterThan(1));
    expect(logged.edges("a").find(({ reason }) => reason === "memory")).toMatchObject({ to: "stopping" });
  });

  it("lower the priority of a service and its children", async () => {
    const gate = join(folder, "gate");
    const script = `until [ -e ${gate} ]; do sleep 0.01; done; sh -c 'nice > ${join(folder, "nice")}; exec sleep 1000'`;
    start(spec("a", [], { command: ["sh", "-c", script], niceness: 7 }));
    await eventually(() => expect(getPriority(service("a")?.pid ?? 0)).toBe(7));
    writeFileSync(gate, "");
    await eventually(() => expect(lines("nice")).toEqual(["7"]));
  });
});

it("ends a start that takes too long", async () => {
  start(spec("a", ["stay"], { ready: { log: "never" }, startTimeout: 0.3 }));
  await eventually(() => expect(service("a")?.instance).toBeGreaterThan(1));
  expect(logged.edges("a").find(({ reason }) => reason === "late")).toMatchObject({ from: "starting" });
});

function executable(content: string): string {
  const path = join(folder, "program");
  writeFileSync(path, content, "latin1");
  chmodSync(path, 0o755);
  return path;
}

function ownedBy(pid: string, text: string): boolean {
  try {
    return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(text);
  } catch {
    return false;
  }
}

function sessionOf(pid: string): number {
  try {
    return Number(readFileSync(`/proc/${pid}/stat`, "utf8").split(" ")[5]);
  } catch {
    return 0;
  }
}
