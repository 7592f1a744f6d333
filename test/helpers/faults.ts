import { closeSync, constants, existsSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { test as base, expect, inject } from "vitest";
import { detectEngine, type Engine } from "../../src/engine/detect.ts";
import { LABEL, volumeName } from "../../src/engine/settings.ts";
import { POLICY } from "../../src/runtime/supervisor/restart-policy.ts";
import { createContainer, type TestContainer } from "./container.ts";
import { eventually, PATIENCE } from "./eventually.ts";
import { type FaultOptions, INSIDE, prepareFolder, scriptFile } from "./faults-folder.ts";

/** A line of the container's log: a JSON object. */
export type LogLine = Readonly<Record<string, unknown>> & {
  readonly time: string;
  readonly level: string;
  readonly event?: string;
  readonly service?: string;
  readonly line?: string;
  readonly from?: string;
  readonly to?: string;
  readonly signal?: string | null;
  readonly code?: number | null;
};

type Fields = Readonly<Record<string, string | number | null | RegExp>>;

/** A container with a fault, not yet started. The caller removes it. */
export async function createFaults(options: FaultOptions = {}): Promise<Faults> {
  const folder = prepareFolder(options);
  const mounts = [folder, ...Object.keys(options.over ?? {}).map((path) => scriptFile(folder, path))];
  const targets = [INSIDE, ...Object.keys(options.over ?? {})];
  const container = await createContainer({
    image: inject("image"),
    ...(options.readOnlyHome ? { engine: withReadOnlyHome(await detectEngine()) } : {}),
    engineOptions: [
      ...mounts.flatMap((from, index) => ["--volume", `${from}:${targets[index]}`]),
      ...["--env", `KASMIX_CONFIG=${INSIDE}/workspace.json`],
      ...(options.before === undefined ? [] : ["--entrypoint", `${INSIDE}/before.sh`]),
      ...(options.engineOptions ?? []),
    ],
  });
  return new Faults(container, folder, options);
}

/** The same, started. It need not become ready. */
export async function startFaults(options: FaultOptions = {}): Promise<Faults> {
  const faults = await createFaults(options);
  await faults.start();
  return faults;
}

/**
 * Vitest's `test` with containers that are removed at its end: `create` and `start` are the functions above. The tests of
 * a `describe.concurrent` may use it.
 */
export const test = base.extend<{ create: typeof createFaults; start: typeof startFaults }>({
  async create({ task: _ }, use) {
    const all: Faults[] = [];
    await use(async (options) => {
      const faults = await createFaults(options);
      all.push(faults);
      return faults;
    });
    await Promise.all(all.map((faults) => faults.remove()));
  },
  async start({ create }, use) {
    await use(async (options) => {
      const faults = await create(options);
      await faults.start();
      return faults;
    });
  },
});

/** A container of the real image in which something is wrong, with marker files and gates of its services. */
export class Faults {
  readonly container: TestContainer;
  readonly folder: string;
  readonly #home: readonly string[] | undefined;
  readonly #gates: ReadonlyMap<string, number>;
  /** When its previous life ended; older lines of the log do not count. */
  #since = "";

  constructor(container: TestContainer, folder: string, { home, gates = [] }: FaultOptions) {
    this.container = container;
    this.folder = folder;
    this.#home = home;
    // Opened for reading and writing it never blocks, and what is written stays until a service reads it.
    const open = (name: string) => openSync(join(folder, `${name}.gate`), constants.O_RDWR);
    this.#gates = new Map(gates.map((name) => [name, open(name)]));
  }

  /** Starts it, also again after it ended; does not wait until it is ready. */
  async start(): Promise<void> {
    const { engine, settings, name } = this.container;
    const known = await engine.attempt(["container", "inspect", "--format", "{{.State.FinishedAt}}", name]);
    this.#since = known.ok ? known.stdout.trim() : "";
    if (this.#home && !known.ok) {
      const label = `${LABEL.workspace}=${settings.workspace}`;
      const volume = volumeName(settings.workspace);
      await engine.run(["volume", "create", "--label", label, ...this.#home, volume]);
    }
    await this.container.start();
  }

  /** Lets `count` services through a gate: those that wait, then those that come later. */
  open(gate: string, count = 1): void {
    const fd = this.#gates.get(gate);
    if (fd === undefined) throw new Error(`unknown gate ${gate}`);
    writeSync(fd, "open\n".repeat(count));
  }

  /** The lines of a marker file; none when it does not exist. */
  marks(name: string): string[] {
    const path = join(this.folder, name);
    return existsSync(path) ? readFileSync(path, "utf8").split("\n").filter(Boolean) : [];
  }

  /** Process ids of all starts of a service, as the service has counted them itself. */
  starts(service: string): number[] {
    return this.marks(`${service}.starts`).map(Number);
  }

  /** Waits until a service has counted so many starts: the log says "started" before the service has counted. */
  async hasStarted(service: string, times: number): Promise<void> {
    const look = () => expect([service, this.starts(service).length]).toEqual([service, times]);
    await eventually(look, { timeout: PATIENCE });
  }

  /** Everything logged since it was started. Throws when a line of standard output is not a JSON object. */
  async log(): Promise<LogLine[]> {
    const since = this.#since === "" ? [] : ["--since", this.#since];
    const { stdout } = await this.container.engine.attempt(["logs", ...since, this.container.name]);
    return stdout.split("\n").filter(Boolean).map(parseLine);
  }

  /** The changes of a service's state, oldest first. */
  async edges(service: string): Promise<LogLine[]> {
    return (await this.log()).filter((line) => line.event === "service" && line.service === service);
  }

  /** Waits until a service's last change of state led to `status`; returns that change. */
  until(service: string, status: string): Promise<LogLine> {
    const look = async () => {
      const last = (await this.edges(service)).at(-1);
      expect([service, last?.to]).toEqual([service, status]);
      return last as LogLine;
    };
    return eventually(look, { timeout: PATIENCE });
  }

  /**
   * Waits until a service has been given up; returns that change and the number of deaths that led to it. On a busy
   * machine a death may be heard of so late that the service counts as one that was well.
   */
  givenUp(service: string): Promise<{ readonly edge: LogLine | undefined; readonly deaths: number }> {
    const look = async () => {
      const edges = await this.edges(service);
      const end = edges.findIndex(({ to }) => to === "degraded");
      expect([service, end]).not.toEqual([service, -1]);
      const time = (index: number) => Date.parse(edges[index]?.time ?? "");
      const wasWell = (index: number) =>
        edges[index]?.from === "ready" && time(index) - time(index - 1) >= POLICY.stableAfter;
      const deaths = edges.filter(
        ({ to }, index) => index <= end && ["backoff", "degraded"].includes(String(to)) && !wasWell(index),
      );
      return { edge: edges[end], deaths: deaths.length };
    };
    return eventually(look, { timeout: PATIENCE });
  }

  /** Waits until services have counted as many starts as the log has. */
  async startsAgree(services: readonly string[]): Promise<void> {
    const compare = async () => {
      const log = await this.log();
      const logged = (name: string) =>
        log.filter(({ service, to }) => service === name && to === "starting").length;
      const counted = services.map((name) => [name, this.starts(name).length]);
      expect(counted).toEqual(services.map((name) => [name, logged(name)]));
    };
    await eventually(compare, { timeout: PATIENCE });
  }

  /** Waits for a line of the log that has these fields; a regular expression matches what it finds within. */
  logged(fields: Fields): Promise<LogLine> {
    const look = async () => {
      const lines = await this.log();
      const found = lines.find((line) => has(line, fields));
      if (found) return found;
      const tail = lines.slice(-15).map((line) => JSON.stringify(line));
      throw new Error(`no line of the log has ${describe(fields)}; last:\n${tail.join("\n")}`);
    };
    return eventually(look, { timeout: PATIENCE });
  }

  /** Waits until the desktop is ready, seen from inside: the container may have no network. */
  async desktopReady(): Promise<void> {
    const look = async () => expect(await this.does("timeout 1 desktop_ready")).toBe(true);
    await eventually(look, { timeout: PATIENCE });
  }

  /** Whether a shell command in the container succeeds. */
  async does(script: string, ...args: string[]): Promise<boolean> {
    return (await this.container.attempt("sh", "-c", script, "sh", ...args)).ok;
  }

  /** Sends a signal from inside; a negative process id is a group. Throws when there is no such process. */
  async kill(signal: string, pid: number | undefined): Promise<void> {
    if (pid === undefined) throw new Error(`no process to send ${signal} to`);
    await this.container.shell('kill -s "$1" -- "$2"', signal, String(pid));
  }

  /** The supervisor's process id in the container. */
  async supervisor(): Promise<number> {
    return Number(await this.container.exec("pgrep", "-x", "-f", "/usr/bin/node .*/entrypoint.mjs"));
  }

  /** Checks that the container runs and was never started again. */
  async stillRuns(): Promise<void> {
    expect(await this.container.inspect("{{.State.Running}} {{.RestartCount}}")).toBe("true 0");
  }

  /** Checks what no fault may change: the container runs, was never started again, and can be entered. */
  async isUp(): Promise<void> {
    await this.stillRuns();
    expect(await this.container.attempt("echo", "entered")).toMatchObject({ ok: true, stdout: "entered" });
  }

  /** Waits until no zombie process is left. */
  async noZombies(): Promise<void> {
    const look = async () => expect(await this.container.shell("ps -eo stat,comm | grep '^Z' || :")).toBe("");
    await eventually(look, { timeout: PATIENCE });
  }

  /** Waits until the container has ended; returns its exit code. */
  async ended(): Promise<number> {
    const { engine, name } = this.container;
    return Number(await engine.run(["wait", name], { timeout: PATIENCE }));
  }

  /** Removes everything, without giving the services time to stop. */
  async remove(): Promise<void> {
    for (const fd of this.#gates.values()) closeSync(fd);
    await this.container.remove();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** An engine whose containers have read-only homes. */
function withReadOnlyHome(engine: Engine): Engine {
  const readOnly = (arg: string) => (/^kasmix-.*-home:\//.test(arg) ? `${arg}:ro` : arg);
  return { ...engine, run: (args, options) => engine.run(args.map(readOnly), options) };
}

function parseLine(line: string): LogLine {
  try {
    return JSON.parse(line);
  } catch {
    throw new Error(`standard output has a line that is not a JSON object: ${line.slice(0, 300)}`);
  }
}

function has(line: LogLine, fields: Fields): boolean {
  return Object.entries(fields).every(([key, wanted]) =>
    wanted instanceof RegExp ? wanted.test(String(line[key] ?? "")) : line[key] === wanted,
  );
}

function describe(fields: Fields): string {
  return Object.entries(fields)
    .map(([key, wanted]) => `${key}=${String(wanted)}`)
    .join(" ");
}
