import { accessSync, constants } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import type { Log } from "../log/log.ts";
import { watchCeiling } from "./ceiling.ts";
import { createCoroner } from "./coroner.ts";
import type { Action, Edge, Event, Order, ServicePolicy, State } from "./model.ts";
import { refusal } from "./orders.ts";
import { logOutput } from "./output.ts";
import { type Launched, launch, type Program } from "./process.ts";
import { watchReadiness } from "./readiness.ts";
import { initialState, step } from "./step.ts";

/** A service as the supervisor runs it. */
export interface ServiceSpec extends ServicePolicy, Program {
  readonly name: string;
  /** Called before each start, to clear away what a dead instance left behind. What it throws is only logged. */
  readonly prepare?: () => void;
  /** Bytes that its session may use. @default no limit */
  readonly memoryLimit?: number;
  /** 0 to 19: how far it stands back for others when the processor is busy. @default 0 */
  readonly niceness?: number;
}

/** A running supervisor. */
export interface Supervisor {
  /** Stops everything in reverse order; called again it kills at once. */
  stop(): void;
  /** Starts, stops or restarts one service. Gives why that is refused, or undefined when it is obeyed. */
  order(order: Order, service: string): string | undefined;
  /** The state of this moment; immutable. */
  state(): State;
  /** Resolves with the exit code once nothing runs any more. */
  readonly ended: Promise<number>;
}

/** Starts the services and keeps them running by the policy of `step`. `onEdge` hears of every change of state. */
export function supervise(specs: readonly ServiceSpec[], { log, onEdge = () => {} }: Options): Supervisor {
  const runner = new Runner(specs, log, onEdge);
  runner.send({ type: "boot" });
  return {
    stop: () => runner.send({ type: "stop" }),
    order(order, service) {
      const refused = refusal(runner.state, order, service);
      if (refused === undefined) runner.send({ type: "order", order, service });
      return refused;
    },
    state: () => runner.state,
    ended: runner.ended,
  };
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
  readonly #live = new Map<string, Launched>();
  readonly #queue: Event[] = [];
  #draining = false;
  readonly #log: Log;
  readonly #onEdge: (edge: Edge) => void;
  readonly #coroner: ReturnType<typeof createCoroner>;

  constructor(specs: readonly ServiceSpec[], log: Log, onEdge: (edge: Edge) => void) {
    this.#specs = new Map(specs.map((spec) => [spec.name, spec]));
    this.#log = log;
    this.#onEdge = onEdge;
    this.#coroner = createCoroner(log);
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
      case "signal": {
        const to = action.signal === "KILL" ? "group" : this.#specs.get(action.service)?.stop.to;
        this.#live.get(key(action))?.signal(`SIG${action.signal}`, to);
        break;
      }
      case "sweep":
        this.#live.get(key(action))?.signal("SIGKILL");
        break;
      case "timer":
        setTimeout(() => this.send(action.event), action.delay);
        break;
      case "edge":
        this.#log.health(levelOf(action.edge), { event: "service", ...action.edge });
        this.#coroner.note(action.edge);
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
    const outgrown = () => this.send({ type: "outgrown", service, instance });
    prepare(spec, this.#log);
    const process = launch({ ...spec, directory: usableDirectory(spec, this.#log) });
    logOutput(service, process, this.#log, (line) => this.#coroner.heard(service, line));
    const endWatches = [watch(spec, process, this.#log, ready), watchCeiling(spec, process, outgrown)];
    const id = key({ service, instance });
    this.#live.set(id, process);
    if (process.pid !== undefined) this.send({ type: "spawned", service, instance, pid: process.pid });
    if (process.pid !== undefined && !spec.ready) ready();
    void process.exited.then(async (exit) => {
      for (const end of endWatches) end();
      if (this.#isStopping(service)) {
        // Whom the leader was to end and did not.
        if (spec.stop.to === "process") process.signal(`SIG${spec.stop.signal}`);
        await groupGone(process);
      }
      this.send({ type: "exited", service, instance, now: now(), random: Math.random(), ...exit });
      this.#live.delete(id);
    });
  }

  #isStopping(service: string): boolean {
    return this.state.phase === "stopping" || this.state.services[service]?.status === "stopping";
  }
}

function prepare(spec: ServiceSpec, log: Log): void {
  try {
    spec.prepare?.();
  } catch (error) {
    const message = `What its last life left cannot be cleared away (${String(error)}); it is started all the same.`;
    log.warn({ event: "service.prepare", service: spec.name, message });
  }
}

/** The working directory, or / when it cannot be entered: spawning there would be reported as a missing program. */
function usableDirectory({ name, directory }: ServiceSpec, log: Log): string {
  try {
    accessSync(`${directory}/.`, constants.X_OK);
    return directory;
  } catch (error) {
    const message = `It runs in / since its directory cannot be entered (${String(error)}).`;
    log.warn({ event: "service.directory", service: name, message });
    return "/";
  }
}

function watch(spec: ServiceSpec, process: Launched, log: Log, onReady: () => void): () => void {
  const { name, environment, ready } = spec;
  if (!ready || process.pid === undefined) return () => {};
  const { onLine, onNewline } = process;
  const onImpatient = (message: string) => log.warn({ event: "service.unseen", service: name, message });
  try {
    return watchReadiness(ready, { environment, onLine, onNewline, onImpatient }, onReady);
  } catch (error) {
    // Better a service taken for ready than one that those behind it wait for for ever.
    const message = `Its readiness cannot be watched (${String(error)}), so it is taken for ready. Correct \`ready\` in workspace.ts.`;
    log.error({ event: "service.readiness", service: name, message });
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
  if (edge.reason === "late" || edge.reason === "memory") return "warn";
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
