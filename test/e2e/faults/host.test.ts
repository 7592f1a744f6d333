import { describe, expect } from "vitest";
import { type Faults, type startFaults, test } from "../../helpers/faults.ts";
import type { FaultOptions } from "../../helpers/faults-folder.ts";
import { ask } from "../../helpers/gateway.ts";

const BUILT_IN = ["session-bus", "display", "desktop", "sound"] as const;
const probe = { probe: { script: "stay" } } as const;

/** Starts a container and waits until its desktop is ready; every service was started exactly once. */
async function runs(start: typeof startFaults, options: FaultOptions): Promise<Faults> {
  const faults = await start({ services: probe, ...options });
  await faults.desktopReady();
  for (const name of [...BUILT_IN, "probe"]) {
    await faults.until(name, "ready");
    const starts = (await faults.edges(name)).filter(({ to }) => to === "starting");
    expect([name, starts.length]).toEqual([name, 1]);
  }
  await faults.hasStarted("probe", 1);
  await faults.isUp();
  return faults;
}

describe.concurrent("the host gives", () => {
  test("no /dev/shm at all: everything runs", async ({ start }) => {
    const faults = await runs(start, { engineOptions: ["--ipc", "none"] });
    expect(await faults.does("test ! -e /dev/shm")).toBe(true);
  });

  test("64 MiB of /dev/shm, a dead name server and a noexec /tmp: everything runs", async ({ start }) => {
    const noexec = ["--read-only", "--tmpfs", "/tmp:noexec,mode=1777", "--tmpfs", "/run"];
    const faults = await runs(start, {
      engineOptions: [...noexec, "--shm-size", "64m", "--dns", "192.0.2.1"],
    });
    expect(await faults.does("cp /bin/true /tmp/true; /tmp/true")).toBe(false);
    expect(await faults.container.shell("df -k --output=size /dev/shm | tail -n 1")).toMatch(/^\s*65536$/);
    await faults.container.ready();
  });

  test("no network and no eth0: everything runs, seen from inside", async ({ start }) => {
    const faults = await runs(start, { engineOptions: ["--network", "none"] });
    expect(await faults.container.shell("ls /sys/class/net")).toBe("lo");
    expect(await faults.container.exec("kasmixctl", "status")).toContain("desktop");
  });

  test("an arbitrary user id with group 0: everything runs, in the home of the volume", async ({ start }) => {
    const faults = await runs(start, { engineOptions: ["--user", "1000650000:0"] });
    expect(await faults.container.shell("id -u; echo kept > /home/kasm-user/kept && cat ~/kept")).toBe(
      "1000650000\nkept",
    );
  });

  test("an arbitrary user id in an unknown group: everything runs, in a home under /tmp, and the log says so", async ({
    start,
  }) => {
    const faults = await runs(start, { engineOptions: ["--user", "4711:4711"] });
    await faults.logged({ event: "home.fallback", message: /nothing will be kept. Mount/ });
  });

  test("a port that another program listens on: the log says what to do, and the port is taken as soon as it is free", async ({
    start,
  }) => {
    const other =
      "require('net').createServer().listen(6901, () => require('fs').writeFileSync('/faults/taken', ''))";
    const before = `node -e "${other}" & echo $! > /faults/other.pid; until [ -e /faults/taken ]; do sleep 0.05; done`;
    const faults = await runs(start, { before });
    await faults.logged({ level: "error", message: /6901.*NO_VNC_PORT/ });
    await faults.kill("KILL", Number(faults.marks("other.pid")[0]));
    await faults.container.ready();
    await faults.isUp();
  });

  test("a read-only root without /tmp: the container stays up, can be entered, and the log says what to mount", async ({
    start,
  }) => {
    const faults = await start({ services: probe, engineOptions: ["--read-only"] });
    await faults.logged({ level: "error", message: /--tmpfs \/tmp/ });
    await faults.isUp();
    await faults.container.engine.run(["stop", faults.container.name]);
    expect(await faults.container.inspect("{{.State.ExitCode}}")).toBe("0");
  });

  test("a full /tmp: the container stays up and says so; once there is space everything starts", async ({
    start,
  }) => {
    const faults = await start({
      services: probe,
      engineOptions: ["--tmpfs", "/tmp:size=2m,mode=1777"],
      before: "cat /dev/zero > /tmp/filling 2>/dev/null",
    });
    await faults.until("probe", "ready");
    await faults.logged({ level: "error", message: /no space left.*\/tmp/i });
    const { message } = await faults.logged({
      level: "error",
      event: "service.crash-loop",
      service: "display",
    });
    expect(message).toMatch(/kasmixctl restart display/);
    await faults.isUp();
    await faults.container.exec("rm", "/tmp/filling");
    await faults.container.exec("kasmixctl", "restart", "display");
    await faults.container.ready();
    expect(faults.starts("probe")).toHaveLength(1);
  });
});

describe.concurrent("a workspace.json that", () => {
  test.for([
    ["is missing", ["--env", "KASMIX_CONFIG=/faults/none.json"], undefined],
    ["is not JSON", [], '{"services": {'],
    ["is not an object", [], "7"],
    ["is empty", [], ""],
  ] as const)(
    "%s: a bare desktop runs, and the log says why",
    async ([, engineOptions, config], { start }) => {
      const faults = await start({ engineOptions, ...(config === undefined ? {} : { config }) });
      await faults.logged({ level: "error", event: "config.unreadable", message: /bare desktop/ });
      await faults.desktopReady();
      await faults.isUp();
    },
  );

  test("has invalid services: the log names them, and the valid ones run", async ({ start }) => {
    const good = { command: ["sh", "-c", "echo $$ >> /faults/good.starts; exec sleep infinity"] };
    const services = { good, number: 5, nothing: null, word: { command: "sleep" }, empty: {} };
    const config = JSON.stringify({ services, apps: 7, display: { resolution: 5 }, environment: [] });
    const faults = await start({ config });
    await faults.desktopReady();
    for (const name of ["number", "nothing", "word", "empty"])
      await faults.logged({ level: "error", message: new RegExp(`\\b${name}\\b`) });
    await faults.hasStarted("good", 1);
    await faults.isUp();
  });

  test("has needs for unknown services and a circle of needs: the log says which services wait, the others run", async ({
    start,
  }) => {
    const need = (service: string) => [{ service, condition: "ready" as const }];
    const faults = await runs(start, {
      services: {
        ...probe,
        dangling: { script: "stay", needs: need("nobody") },
        hen: { script: "stay", needs: need("egg") },
        egg: { script: "stay", needs: need("hen") },
      },
    });
    await faults.logged({ event: "needs.unknown", service: "dangling" });
    await faults.until("dangling", "ready");
    expect(await faults.container.exec("kasmixctl", "status")).toMatch(/hen +waiting.*egg/);
    expect(faults.starts("hen").concat(faults.starts("egg"))).toEqual([]);
    await faults.container.engine.run(["stop", faults.container.name]);
    expect(await faults.container.inspect("{{.State.ExitCode}}")).toBe("0");
  });
});

describe.concurrent("what a killed container left behind", () => {
  test("locks, sockets and pid files, also with ids of other living processes, do no harm", async ({
    create,
  }) => {
    const faults = await create({
      services: probe,
      before: `find /tmp -mindepth 1 | sort > /faults/found
        if [ -e /faults/again ]; then
          printf '%10d\\n' 1 > /tmp/.X1-lock
          mkdir -p "$XDG_RUNTIME_DIR/pulse"; echo 1 > "$XDG_RUNTIME_DIR/pulse/pid"
        fi; touch /faults/again`,
      engineOptions: ["--restart", "no"],
    });
    for (const life of [1, 2, 3]) {
      await faults.start();
      await faults.container.ready();
      await faults.until("sound", "ready");
      await faults.until("probe", "ready");
      await faults.hasStarted("probe", life);
      for (const name of BUILT_IN) {
        const starts = (await faults.edges(name)).filter(({ to }) => to === "starting");
        expect([life, name, starts.length]).toEqual([life, name, 1]);
      }
      await faults.isUp();
      await faults.container.engine.run(["kill", "--signal", "KILL", faults.container.name]);
    }
    expect(faults.marks("found")).toEqual(
      expect.arrayContaining([
        "/tmp/.X11-unix/X1",
        "/tmp/kasmix-1000/bus",
        "/tmp/kasmix-1000/pulse/native",
        "/tmp/kasmix-1000/rfb.sock",
        "/tmp/kasmix/control.sock",
        "/tmp/kasmix/desktop.ready",
      ]),
    );
  });

  test("an expired certificate and an invalid one: skipped with a line of the log", async ({ start }) => {
    const expired = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=old";
    const faults = await start({
      services: probe,
      before: `mkdir -p ~/.vnc; echo garbage > ~/.vnc/kasmix.pem
        ${expired} -not_before 20200101000000Z -not_after 20200102000000Z -keyout /tmp/k -out /tmp/c 2>/dev/null
        cat /tmp/c /tmp/k > ~/.vnc/self.pem`,
    });
    await faults.container.ready();
    await faults.logged({ event: "certificate.unusable", path: /self\.pem/, message: /expired/ });
    await faults.logged({ event: /certificate\.(unusable|replaced)/, path: /kasmix\.pem/ });
    expect(await ask(faults.container.settings.port, "/healthz")).toMatchObject({ status: 200 });
    await faults.isUp();
  });
});

describe("a frozen container", () => {
  test("goes on where it was: nothing counts as dead, a pause that ran out leads to one start", async ({
    start,
  }) => {
    const failing = "[ -e /faults/opened ] || gate failing; touch /faults/opened; exit 1";
    const options = { services: { ...probe, failing: { script: failing } }, gates: ["failing"] };
    const [faults, clock] = await Promise.all([start(options), start(options)]);
    await faults.container.ready();
    faults.open("failing");
    await faults.logged({ event: "service", service: "failing", to: "backoff" });
    await faults.container.engine.run(["pause", faults.container.name]);
    // The other container goes through all the pauses of the back-off meanwhile.
    clock.open("failing");
    await clock.givenUp("failing");
    await faults.container.engine.run(["unpause", faults.container.name]);
    await faults.until("failing", "degraded");
    const edges = await faults.edges("failing");
    expect(edges.filter(({ to }) => to === "starting")).toHaveLength(faults.starts("failing").length);
    for (const name of [...BUILT_IN, "probe"])
      expect([name, (await faults.container.services())[name]]).toMatchObject([
        name,
        { status: "ready", starts: 1 },
      ]);
    await faults.isUp();
  });
});
