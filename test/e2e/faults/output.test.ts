import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { eventually, PATIENCE } from "../../helpers/eventually.ts";
import { type Faults, startFaults } from "../../helpers/faults.ts";
import { ask } from "../../helpers/gateway.ts";

const MEBIBYTE = 1024 * 1024;
/** Less than every flood below: were the supervisor to keep what services write, the kernel would kill processes. */
const LITTLE_MEMORY = ["--memory", "640m", "--memory-swap", "640m"];

const FLOODS = {
  "one line of 800 MB": "head -c 800000000 /dev/zero | tr '\\0' x",
  "800 MB of short lines": `yes "$(printf %0100d 7)" | head -c 800000000`,
  "400 MB of long lines on both streams": `yes "$(printf %06000d 7)" | head -c 400000000 | tee /dev/stderr`,
} as const;

const flooders = Object.entries(FLOODS).map(([name, script], index) => ({
  name,
  script,
  service: `flood-${index}`,
}));

/** A part of the desktop that prints enough to fill its file more than once. */
const TALKATIVE = `yes "$(printf %04000d 7)" | head -n 400; exec sleep infinity`;

describe("services that write too much", () => {
  let faults: Faults;
  let ticks = 0;

  beforeAll(async () => {
    const floods = flooders.map(({ script, service }) => {
      const after = `echo; while gate ${service}; do echo the end of ${service}; done`;
      const steps = `gate ${service}; ${script}; mark ${service}.done yes; ${after}`;
      return [service, { script: steps }] as const;
    });
    faults = await startFaults({
      services: {
        ...Object.fromEntries(floods),
        ticker: { script: 'while gate tick; do n=$((n + 1)); echo "tick $n"; done' },
        halves: {
          script: `printf 'half \\303'; gate halves; printf '\\244 whole\\n'
              printf 'not text \\377\\376 at all\\n'; printf 'colours \\033[31mred\\000null\\n'; printf 'cut \\342\\202'; exit 0`,
          restart: "never",
        },
        "loud-death": { script: "seq 1 3000; echo the reason; exit 1" },
        burst: { script: "gate burst; seq 1 3000; stay" },
      },
      gates: [...flooders.map(({ service }) => service), "tick", "halves", "burst"],
      engineOptions: LITTLE_MEMORY,
      over: { "/usr/bin/xfce4-panel": TALKATIVE },
      // One more line makes it full.
      before:
        "for end in log jsonl; do head -c 1048500 /dev/zero | tr '\\0' x > /tmp/container-health.$end; echo >> /tmp/container-health.$end; done",
    });
    await faults.container.ready();
  });

  afterEach(() => faults.isUp());
  afterAll(() => faults?.remove());

  test.each(flooders)(
    "$name: memory stays bounded, other services are heard, /healthz answers",
    async ({ service }) => {
      const before = ticks;
      faults.open(service);
      const done = () => faults.marks(`${service}.done`).length > 0;
      do {
        await tick();
        expect(await ask(faults.container.settings.port, "/healthz")).toMatchObject({ status: 200 });
      } while (!done());
      expect(ticks).toBeGreaterThan(before);
      await heardAgain(service);
      const [longest = 0] = (await faults.log())
        .filter((line) => line.service === service)
        .map(({ line }) => line?.length ?? 0)
        .sort((a, b) => b - a);
      expect(longest).toBeLessThanOrEqual(4097);
      expect(faults.starts(service)).toHaveLength(1);
    },
  );

  test("the log counts the lines of a burst that it leaves out, also when silence follows", async () => {
    faults.open("burst");
    const count = async () => {
      const lines = (await faults.log()).filter(({ service }) => service === "burst");
      const passed = lines.filter(({ line }) => line !== undefined).length;
      const dropped = lines
        .filter(({ event }) => event === "output.dropped")
        .map((line) => Number(line.lines));
      expect(dropped.reduce((sum, count) => sum + count, passed)).toBe(3000);
    };
    await eventually(count, { timeout: PATIENCE });
  });

  test("the last lines of a service that dies in a flood are kept with the record of its deaths", async () => {
    const { lines } = await faults.logged({ event: "service.crash-loop", service: "loud-death" });
    expect((lines as string[]).at(-1)).toBe("the reason");
  });

  test("split characters, invalid bytes and control characters: the log still has one JSON object a line", async () => {
    faults.open("halves");
    await faults.logged({ service: "halves", line: "half ä whole" });
    await faults.logged({ service: "halves", line: "not text \uFFFD\uFFFD at all" });
    await faults.logged({ service: "halves", line: "colours \u001b[31mred\u0000null" });
    await faults.logged({ service: "halves", line: /^cut / });
    expect(await faults.until("halves", "done")).toMatchObject({ code: 0 });
  });

  test("container-health.log, its JSON and xstartup.log are rotated at 1 MiB, with one old file each", async () => {
    const list = async () => {
      const lines = await faults.container.shell("cd /tmp && stat -c '%n %s' *.log* *.jsonl*");
      const sizes = new Map(lines.split("\n").map((line) => line.split(" ") as [string, string]));
      expect([...sizes.keys()].sort()).toEqual([
        "container-health.jsonl",
        "container-health.jsonl.1",
        "container-health.log",
        "container-health.log.1",
        "xstartup.log",
        "xstartup.log.1",
      ]);
      for (const size of sizes.values()) expect(Number(size)).toBeLessThanOrEqual(MEBIBYTE);
    };
    await eventually(list, { timeout: PATIENCE });
    const last = await faults.container.shell(
      "cd /tmp && tail -qn 1 container-health.jsonl container-health.log",
    );
    const [json = "", words] = last.trim().split("\n");
    expect(JSON.parse(json)).toMatchObject({ event: "service" });
    expect(words).toMatch(/^\S+Z (INFO|WARNING|ERROR) [\w-]+: /);
  });

  /** Waits until the service's lines are logged again: from the second after its flood on. */
  async function heardAgain(service: string): Promise<void> {
    const say = async () => {
      faults.open(service);
      expect(await faults.log()).toContainEqual(
        expect.objectContaining({ service, line: `the end of ${service}` }),
      );
    };
    await eventually(say, { timeout: PATIENCE });
  }

  async function tick(): Promise<void> {
    ticks++;
    faults.open("tick");
    await faults.logged({ service: "ticker", line: `tick ${ticks}` });
  }
});
