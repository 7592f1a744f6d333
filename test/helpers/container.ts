import { expect } from "vitest";
import { containerLog, removeContainer } from "../../src/engine/container.ts";
import { detectEngine, type Engine } from "../../src/engine/detect.ts";
import { generatePassword } from "../../src/engine/password.ts";
import type { Outcome } from "../../src/engine/process.ts";
import { waitUntilReady } from "../../src/engine/ready.ts";
import { runContainer } from "../../src/engine/run.ts";
import { containerName, type RunSettings } from "../../src/engine/settings.ts";
import { eventually, PATIENCE } from "./eventually.ts";
import { freePort } from "./free-port.ts";
import { ask } from "./gateway.ts";
import { OWN_PREFIX } from "./leftovers.ts";

/** Milliseconds that a desktop may take on a machine that is busy with other things. */
const READY_TIMEOUT = 120_000;

export interface ContainerOptions {
  readonly image: { readonly tag: string; readonly digest: string };
  /** Further options of `docker create`. @default none */
  readonly engineOptions?: readonly string[];
  /** @default the one that the CLI would take */
  readonly engine?: Engine;
}

/** A service in /statez. */
export interface ServiceState {
  readonly status: string;
  readonly pid: number | undefined;
  readonly starts: number;
}

let count = 0;

/** A container with a name that no user has, a free port and the CLI's other settings, not yet created. */
export async function createContainer(options: ContainerOptions): Promise<TestContainer> {
  const { image, engineOptions = [], engine = await detectEngine() } = options;
  count++;
  return new TestContainer(withOptions(engine, engineOptions), {
    workspace: `${OWN_PREFIX}${process.pid}-${count}`,
    image: image.tag,
    digest: image.digest,
    id: image.digest,
    bind: "127.0.0.1",
    port: await freePort(),
    ...{ memory: "2GiB", cpus: 2, sharedMemory: "512MiB", pidsLimit: 2000, volumes: [] },
    password: generatePassword(),
  });
}

/** An engine that creates containers with further options, before the image, which is the last argument. */
function withOptions(engine: Engine, options: readonly string[]): Engine {
  return {
    ...engine,
    run(args, processOptions) {
      const all = args[0] === "create" ? [...args.slice(0, -1), ...options, ...args.slice(-1)] : args;
      return engine.run(all, processOptions);
    },
  };
}

/** The same, started and with its desktop ready. */
export async function startContainer(options: ContainerOptions): Promise<TestContainer> {
  const container = await createContainer(options);
  await container.start();
  await container.ready();
  return container;
}

/** A container of the real image, run by the CLI's own functions. Its owner calls `remove` at the end. */
export class TestContainer {
  readonly engine: Engine;
  readonly settings: RunSettings;
  readonly name: string;
  readonly url: string;

  constructor(engine: Engine, settings: RunSettings) {
    this.engine = engine;
    this.settings = settings;
    this.name = containerName(settings.workspace);
    this.url = `https://localhost:${settings.port}/`;
  }

  async start(): Promise<void> {
    await runContainer(this.engine, this.settings);
  }

  /** Waits for /readyz. Throws with the container's last log lines at the deadline. */
  async ready(): Promise<void> {
    await waitUntilReady(this.engine, { ...this.settings, timeout: READY_TIMEOUT });
  }

  /** Runs a program as the desktop's user and returns how it ended. */
  attempt(...command: string[]): Promise<Outcome> {
    return this.engine.attempt(["exec", this.name, ...command]);
  }

  /** Runs a program as the desktop's user and returns its stdout. Throws when it fails. */
  exec(...command: string[]): Promise<string> {
    return this.engine.run(["exec", this.name, ...command]);
  }

  /** Runs a shell script; the arguments are its $1, $2 ... */
  shell(script: string, ...args: string[]): Promise<string> {
    return this.exec("sh", "-c", script, "sh", ...args);
  }

  /** Reads from `inspect`, with a Go template. */
  async inspect(template: string): Promise<string> {
    return (await this.engine.run(["container", "inspect", "--format", template, this.name])).trim();
  }

  /** The last lines of its log, both streams. */
  log(lines = 10_000): Promise<string[]> {
    return containerLog(this.engine, this.settings.workspace, lines);
  }

  /** The supervisor's services by name. */
  async services(): Promise<Readonly<Record<string, ServiceState>>> {
    const { port, password } = this.settings;
    const { status, body } = await ask(port, "/statez", { password });
    if (status !== 200) throw new Error(`/statez answers ${status}`);
    return JSON.parse(body).services;
  }

  /** Waits for a window with these words in its title. */
  async shows(title: string, { timeout = PATIENCE } = {}): Promise<void> {
    const look = async () => expect(await this.exec("wmctrl", "-l")).toContain(title);
    await eventually(look, { timeout });
  }

  /** Closes all windows with these words in their titles, as the button of a title bar does. */
  async closeWindows(title: string): Promise<void> {
    const close = async () => {
      await this.attempt("wmctrl", "-c", title);
      expect(await this.exec("wmctrl", "-l")).not.toContain(title);
    };
    await eventually(close, { timeout: PATIENCE });
  }

  async copy(text: string): Promise<void> {
    // xclip stays as the selection's owner and must not hold the streams that the engine waits for.
    await this.shell(`printf %s "$1" | xclip -selection clipboard -i >/dev/null 2>&1`, text);
  }

  clipboard(): Promise<string> {
    return this.exec("xclip", "-selection", "clipboard", "-o");
  }

  /** Kills and removes the container, and the home with it unless it is to be kept. */
  async remove({ keepHome = false } = {}): Promise<void> {
    // Nothing of a test depends on an orderly stop here, which takes a second and more.
    await this.engine.attempt(["kill", this.name]);
    await removeContainer(this.engine, this.settings.workspace, !keepHome);
  }
}
