import { afterAll, afterEach, beforeAll, describe, expect } from "vitest";
import type { Outcome } from "../../../src/engine/process.ts";
import type { Need } from "../../../src/model/types.ts";
import { eventually, PATIENCE } from "../../helpers/eventually.ts";
import { type Faults, startFaults, test } from "../../helpers/faults.ts";
import type { TestService } from "../../helpers/faults-folder.ts";

const CONDITIONS = ["started", "ready", "settled", "completed"] as const;
const needs = (service: string, condition: Required<Need>["condition"] = "ready") => [{ service, condition }];

/** Dies whenever its gate is opened. */
const CLOCK = { script: "gate clock; exit 1" } as const;
/** After so many deaths in a row the clock has gone through pauses of together more than two seconds. */
const DEATHS = 5;

/** Lets pauses pass that are longer than the ones under test: what must not happen would have happened by then. */
async function letTimePass(faults: Faults): Promise<void> {
  const before = faults.starts("clock").length;
  faults.open("clock", DEATHS);
  await faults.hasStarted("clock", before + DEATHS);
}

/** Stops a service in its back-off, from inside: an order from outside comes after its pause of 0.8 s. */
const STOP_IN_BACK_OFF = `
  const ask = (method, path) => new Promise((resolve, reject) => {
    const options = { socketPath: "/tmp/kasmix/control.sock", method, path };
    require("http").request(options, async (answer) => {
      let text = "";
      for await (const chunk of answer) text += chunk;
      resolve(JSON.parse(text));
    }).on("error", reject).end();
  });
  const status = async () => (await ask("GET", "/state")).services.failing.status;
  (async () => {
    await status();
    require("fs").writeFileSync("/faults/watched", "yes\\n");
    while ((await status()) !== "backoff");
    await ask("POST", "/services/failing/stop");
  })();
`;

/** Becomes ready behind its gate. */
const gated = (name: string, after = "stay"): TestService => ({
  script: `gate ${name}; touch /faults/${name}.up; ${after}`,
  ready: { file: `/faults/${name}.up` },
});

const SERVICES: Record<string, TestService> = {
  clock: CLOCK,
  slow: gated("slow"),
  waiter: { script: "stay", needs: needs("slow") },
  failing: { script: "gate failing; exit 1" },
  // Each instance looks whether the ones before are gone.
  only: {
    script: `for pid in $(cat /faults/only.starts); do
        [ $pid = $$ ] || ! kill -0 $pid 2>/dev/null || mark only.rivals $pid
      done; stay`,
  },
  "leaves-when-told": {
    script: "trap 'exit 0' TERM; mark leaves-when-told.up yes; while gate never; do :; done",
    restart: "never",
  },
  "fails-when-told": {
    script: "trap 'exit 7' TERM; mark fails-when-told.up yes; while gate never; do :; done",
    restart: "on-failure",
    critical: true,
  },
  spins: { script: "echo up; exit 0", ready: { log: "up" } },
  "after-spins": { script: "stay", needs: needs("spins", "completed") },
  once: { script: "gate once; echo up; exit 0", restart: "never", ready: { log: "up" } },
  "after-once": { script: "stay", needs: needs("once", "completed") },
  lingers: { script: "trap 'gate lingers; exit 0' TERM; mark lingers.up yes; while gate never; do :; done" },
};

describe("orders at the wrong moment", () => {
  let faults: Faults;

  beforeAll(async () => {
    const gates = ["clock", "slow", "failing", "never", "once", "lingers"];
    faults = await startFaults({ services: SERVICES, gates });
    await faults.container.ready();
  });

  afterEach(async () => {
    await faults.isUp();
    // Some of many restarts at once end an instance before it has counted itself.
    await faults.startsAgree(Object.keys(SERVICES).filter((name) => name !== "only"));
  });

  afterAll(() => faults?.remove());

  test("restart while it waits for a dependency: never refused, and it is started once when the dependency is ready", async () => {
    for (let round = 0; round < 3; round++) await order(faults, "restart", "waiter", "--no-wait");
    await Promise.all(["slow", "waiter", "slow"].map((name) => order(faults, "restart", name, "--no-wait")));
    expect(faults.starts("waiter")).toEqual([]);
    faults.open("slow");
    await faults.until("slow", "ready");
    await faults.until("waiter", "ready");
    await faults.hasStarted("waiter", 1);
  });

  test("stop during the back-off wins: no start follows without an order", async () => {
    faults.open("failing", 3);
    await faults.hasStarted("failing", 4);
    const stopped = faults.container.exec("node", "-e", STOP_IN_BACK_OFF);
    await marked("watched");
    faults.open("failing");
    await stopped;
    expect(await faults.until("failing", "stopped")).toMatchObject({ from: "backoff", reason: "order" });
    const starts = faults.starts("failing").length;
    // The clock goes through longer pauses than the one that was cut short.
    await letTimePass(faults);
    expect(faults.starts("failing")).toHaveLength(starts);
    await order(faults, "start", "failing");
    await faults.hasStarted("failing", starts + 1);
  });

  test("start of a running service is refused, also ten times at once", async () => {
    const [pid] = faults.starts("only");
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask("POST", "/services/only/start")));
    for (const answer of answers) expect(answer).toMatch(/^409 .*only is already running/);
    expect(faults.starts("only")).toEqual([pid]);
    expect(await ask("POST", "/services/nobody/start")).toMatch(/^404 .*nobody/);
  });

  test("twenty restarts at once: never two instances, and one at the end", async () => {
    const orders = Array.from({ length: 20 }, () => ask("POST", "/services/only/restart"));
    for (const answer of await Promise.all(orders)) expect(answer).toMatch(/^202 /);
    await faults.until("only", "ready");
    await order(faults, "restart", "only");
    expect(faults.marks("only.rivals")).toEqual([]);
    const logged = (await faults.edges("only")).filter(({ to }) => to === "starting");
    expect(faults.starts("only").length).toBeLessThanOrEqual(logged.length);
    const living = await faults.container.shell(
      "for pid; do kill -0 $pid 2>/dev/null && echo $pid; done; :",
      ...pids("only"),
    );
    expect(living).toBe(pids("only").at(-1));
  });

  test("start while it stops: it ends, and runs again once", async () => {
    await marked("lingers.up");
    await order(faults, "stop", "lingers", "--no-wait");
    await faults.until("lingers", "stopping");
    await order(faults, "start", "lingers", "--no-wait");
    expect(faults.starts("lingers")).toHaveLength(1);
    faults.open("lingers");
    await faults.until("lingers", "ready");
    await faults.hasStarted("lingers", 2);
  });

  test("stop after a restart while it stops: the last order counts", async () => {
    await eventually(() => expect(faults.marks("lingers.up")).toHaveLength(2), { timeout: PATIENCE });
    await order(faults, "restart", "lingers", "--no-wait");
    await faults.until("lingers", "stopping");
    await order(faults, "stop", "lingers", "--no-wait");
    faults.open("lingers");
    await faults.until("lingers", "stopped");
    expect(faults.starts("lingers")).toHaveLength(2);
  });

  test.each([
    [
      "leaves-when-told",
      "a dependency that finishes while it is restarted is started again, though its policy is never",
    ],
    ["fails-when-told", "a critical service that fails while it is restarted does not end the container"],
  ])("%s: %s", async (name) => {
    await marked(`${name}.up`);
    await order(faults, "restart", name);
    await faults.until(name, "ready");
    await faults.hasStarted(name, 2);
  });

  test("ready and exit at once does not spin; a service that needs it completed is started once", async () => {
    expect((await faults.givenUp("spins")).deaths).toBe(5);
    await faults.hasStarted("after-spins", 1);
    expect(faults.starts("after-once")).toEqual([]);
    faults.open("once");
    expect(await faults.until("once", "done")).toMatchObject({ code: 0 });
    await faults.until("after-once", "ready");
    await faults.hasStarted("after-once", 1);
  });

  const pids = (name: string) => faults.starts(name).map(String);

  const marked = (name: string) =>
    eventually(() => expect(faults.marks(name)).not.toEqual([]), { timeout: PATIENCE });

  /** Status and body of the control socket's answer. */
  async function ask(method: string, path: string): Promise<string> {
    const script = `require("http").request({ socketPath: "/tmp/kasmix/control.sock", method: "${method}", path: "${path}" },
      (answer) => { process.stdout.write(answer.statusCode + " "); answer.pipe(process.stdout); }).end()`;
    return await faults.container.exec("node", "-e", script);
  }
});

describe("stop of a service that waits", () => {
  test("it is stopped at once, services that can do without it go on, and a start runs it with all others", async ({
    start,
  }) => {
    const leaves = CONDITIONS.map((condition) => `needs-${condition}`);
    const faults = await start({
      services: {
        slow: gated("slow"),
        middle: {
          script: "echo up; gate middle; exit 0",
          ready: { log: "up" },
          needs: needs("slow"),
          restart: "never",
        },
        ...Object.fromEntries(
          CONDITIONS.map((condition) => [
            `needs-${condition}`,
            { script: "stay", needs: needs("middle", condition) },
          ]),
        ),
      },
      gates: ["slow", "middle"],
    });
    await faults.container.ready();
    await order(faults, "stop", "middle");
    expect(await faults.until("middle", "stopped")).toMatchObject({ from: "waiting" });
    await faults.until("needs-settled", "ready");
    const { services } = JSON.parse(await faults.container.exec("kasmixctl", "status", "--json"));
    for (const condition of ["started", "ready", "completed"])
      expect(services[`needs-${condition}`]).toMatchObject({
        status: "waiting",
        waitsFor: [`middle (${condition})`],
      });
    // A waiting service can be stopped and started too.
    await order(faults, "stop", "needs-ready");
    await order(faults, "start", "needs-ready", "--no-wait");
    faults.open("slow");
    await faults.until("slow", "ready");
    expect(faults.starts("middle")).toEqual([]);
    await order(faults, "start", "middle");
    for (const name of ["needs-started", "needs-ready"]) await faults.until(name, "ready");
    expect(faults.starts("needs-completed")).toEqual([]);
    faults.open("middle");
    await faults.until("middle", "done");
    await faults.until("needs-completed", "ready");
    await faults.startsAgree([...leaves, "slow", "middle"]);
    for (const name of [...leaves, "slow", "middle"])
      expect([name, faults.starts(name).length]).toEqual([name, 1]);
    await faults.isUp();
  });
});

describe("a process id that is used again", () => {
  test("what is meant for a dead service never hits the one that has its number now", async ({
    skip,
    start,
  }) => {
    const faults = await start({
      services: {
        clock: CLOCK,
        old: {
          script: "trap 'gate old; exit 0' TERM; mark old.up yes; while gate never; do :; done",
          stop: { signal: "TERM", grace: 1, to: "group" },
        },
        heir: { script: "gate heir; exit 1" },
      },
      gates: ["clock", "old", "heir", "never"],
      engineOptions: ["--no-healthcheck"],
    });
    await faults.container.ready();
    await eventually(() => expect(faults.marks("old.up")).toEqual(["yes"]), { timeout: PATIENCE });
    const [pid = 0] = faults.starts("old");
    await order(faults, "stop", "old", "--no-wait");
    await faults.until("old", "stopping");
    faults.open("old");
    await faults.until("old", "stopped");
    if (!(await setLastPid(faults, pid - 1))) skip("this engine does not let a test choose process ids");
    faults.open("heir");
    await faults.hasStarted("heir", 2);
    expect(faults.starts("heir")[1]).toBe(pid);
    // Meanwhile the old service's time to stop runs out.
    await letTimePass(faults);
    await order(faults, "start", "old");
    await order(faults, "stop", "old", "--no-wait");
    faults.open("old");
    await faults.until("old", "stopped");
    expect(await faults.does("kill -0 $1", String(pid))).toBe(true);
    expect(faults.starts("heir")).toHaveLength(2);
    expect((await faults.container.services()).heir).toMatchObject({ status: "ready", pid, starts: 2 });
    await faults.isUp();
  });

  /** Gives the next process of the container the id after `pid`, which needs a privileged neighbour. */
  async function setLastPid({ container }: Faults, pid: number): Promise<boolean> {
    const rights = ["--user", "0", "--cap-add", "SYS_ADMIN", "--security-opt", "systempaths=unconfined"];
    const script = `printf ${pid} > /proc/sys/kernel/ns_last_pid`;
    const place = ["--network", "none", "--pid", `container:${container.name}`, "--entrypoint", "sh"];
    const image = container.settings.image;
    return (await container.engine.attempt(["run", "--rm", ...rights, ...place, image, "-c", script])).ok;
  }
});

function order({ container }: Faults, ...words: readonly string[]): Promise<Outcome> {
  return container.attempt("kasmixctl", ...words);
}
