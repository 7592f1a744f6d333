import { setTimeout as delay } from "node:timers/promises";
import type { Log } from "../log.ts";
import { limitRate } from "./lines.ts";
import type { Action, Edge, Event, ServicePolicy, State } from "./model.ts";
import { type Launched, launch, type Program } from "./process.ts";
import { watchReadiness } from "./readiness.ts";
import { initialState, step } from "./step.ts";

/** A service as the supervisor runs it. */
export interface ServiceSpec extends ServicePolicy, Program {
  readonly name: string;
  /** Called before each start, to clear away what a dead instance left behind. What it throws is only logged. */
  readonly prepare?: () => void;
}

/** A running supervisor. */
export interface Supervisor {
  /** Stops everything in reverse order; called again it kills at once. */
  stop(): void;
  /** The state of this moment; immutable. */
  state(): State;
  /** Resolves with the exit code once nothing runs any more. */
  readonly ended: Promise<number>;
}

/** Starts the services and keeps them running by the policy of `step`. `onEdge` hears of every change of state. */
export function supervise(specs: readonly ServiceSpec[], { log, onEdge = () => {} }: Options): Supervisor {
  const runner = new Runner(specs, log, onEdge);
  runner.send({ type: "boot" });
  return { stop: () => runner.send({ type: "stop" }), state: () => runner.state, ended: runner.ended };
}

interface Options {
  readonly log: Log;
  readonly onEdge?: (edge: Edge) => void;
}

/** Turns actions of the state machine into effects, and what comes of them into events. */
class Runner {
  state: State;
  readonly ended: Promise<number>;
  #end: (code: number) => void = () => {};
  readonly #specs: ReadonlyMap<string, ServiceSpec>;
  readonly #live = new Map<string, Instance>();
  readonly #queue: Event[] = [];
  #draining = false;
  readonly #log: Log;
  readonly #onEdge: (edge: Edge) => void;

  constructor(specs: readonly ServiceSpec[], log: Log, onEdge: (edge: Edge) => void) {
    this.#specs = new Map(specs.map((spec) => [spec.name, spec]));
    this.#log = log;
    this.#onEdge = onEdge;
    this.state = initialState(Object.fromEntries(this.#specs));
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  send(event: Event): void {
    this.#queue.push(event);
    if (this.#draining) return;
    this.#draining = true;
    // Actions may send events themselves: those come after, so that every step is whole.
    for (let next = this.#queue.shift(); next; next = this.#queue.shift()) {
      const [after, actions] = step(this.state, next);
      this.state = after;
      for (const action of actions) this.#try(action);
    }
    this.#draining = false;
  }

  /** A fault in one effect must not keep the others from happening: nobody supervises the supervisor. */
  #try(action: Action): void {
    try {
      this.#perform(action);
    } catch (error) {
      this.#log.error({ event: "supervisor.fault", action: action.type, message: String(error) });
    }
  }

  #perform(action: Action): void {
    switch (action.type) {
      case "spawn":
        this.#spawn(action);
        break;
      case "signal":
        this.#live.get(key(action))?.process.signal(`SIG${action.signal}`);
        break;
      case "sweep":
        this.#live.get(key(action))?.process.signal("SIGKILL");
        break;
      case "timer":
        setTimeout(() => this.send(action.event), action.delay);
        break;
      case "edge":
        this.#log.health(levelOf(action.edge), { event: "service", ...action.edge });
        this.#onEdge(action.edge);
        break;
      case "exit":
        this.#end(action.code);
    }
  }

  #spawn({ service, instance }: { service: string; instance: number }): void {
    const spec = this.#specs.get(service);
    if (!spec) return;
    const ready = () => this.send({ type: "ready", service, instance, now: now() });
    const { process, endWatch } = startInstance(spec, this.#log, ready);
    const id = key({ service, instance });
    this.#live.set(id, { process });
    if (process.pid !== undefined) this.send({ type: "spawned", service, instance, pid: process.pid });
    if (process.pid !== undefined && !spec.ready) ready();
    void process.exited.then(async (exit) => {
      endWatch();
      if (this.state.phase === "stopping") await groupGone(process);
      this.send({ type: "exited", service, instance, now: now(), random: Math.random(), ...exit });
      this.#live.delete(id);
    });
  }
}

interface Instance {
  readonly process: Launched;
}

function startInstance(
  spec: ServiceSpec,
  log: Log,
  onReady: () => void,
): Instance & { endWatch: () => void } {
  try {
    spec.prepare?.();
  } catch (error) {
    log.warn({ event: "service.prepare", service: spec.name, message: String(error) });
  }
  const process = launch(spec);
  logOutput(spec.name, process, log);
  return { process, endWatch: watch(spec, process, log, onReady) };
}

function logOutput(service: string, process: Launched, log: Log): void {
  const dropped = (lines: number) => log.warn({ event: "output.dropped", service, lines });
  const stdout = limitRate((line) => log.output(service, "stdout", line), dropped);
  const stderr = limitRate((line) => log.output(service, "stderr", line), dropped);
  process.onLine((line, stream) => {
    if (line !== "") (stream === "stdout" ? stdout : stderr)(line);
  });
}

function watch(spec: ServiceSpec, process: Launched, log: Log, onReady: () => void): () => void {
  const { environment, ready } = spec;
  if (!ready || process.pid === undefined) return () => {};
  const { onLine, onNewline } = process;
  try {
    return watchReadiness(ready, { environment, onLine, onNewline }, onReady);
  } catch (error) {
    // Better a service taken for ready than one that those behind it wait for for ever.
    log.error({ event: "service.readiness", service: spec.name, message: String(error) });
    onReady();
    return () => {};
  }
}

const GROUP_CHECK = 25;

/**
 * Waits for the rest of a stopping service's group: a session's windows get their time to write their data
 * after the session itself has left. Processes that are no children send no event, so this one has to look.
 */
async function groupGone(process: Launched): Promise<void> {
  while (process.groupAlive()) await delay(GROUP_CHECK);
}

function levelOf(edge: Edge): "info" | "warn" | "error" {
  if (edge.to === "degraded" || edge.error !== undefined) return "error";
  const died = edge.from === "starting" || edge.from === "ready";
  return died && edge.to !== "ready" && edge.to !== "stopping" && edge.code !== 0 ? "warn" : "info";
}

function key({ service, instance }: { service: string; instance: number }): string {
  return `${service}#${instance}`;
}

/** Monotonic milliseconds: a clock that jumps must not end a back-off. */
function now(): number {
  return performance.now();
}
