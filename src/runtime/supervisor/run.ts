import { accessSync, constants } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import type { Log } from "../log/log.ts";
import { watchCeiling } from "./ceiling.ts";
import { createCrashLoopReporter } from "./crash-loop.ts";
import { runs } from "./draft.ts";
import { followHealth, type Look } from "./health.ts";
import type { Action, Edge, Event, OfInstance, Order, ServicePolicy, State } from "./model.ts";
import { countOomKills, OOM_SCORES, type OomClass, raiseOomScores } from "./oom.ts";
import { refusal } from "./orders.ts";
import { logOutput } from "./output.ts";
import { type Launched, launch, type Program } from "./process.ts";
import { watchReadiness } from "./readiness.ts";
import { POLICY } from "./restart-policy.ts";
import { initialState, step } from "./step.ts";

/** A service as the supervisor runs it. */
export interface ServiceSpec extends ServicePolicy, Program {
  readonly name: string;
  /** Called before each start, to remove what a dead instance left behind. Errors are logged and ignored. */
  readonly prepare?: () => void;
  /** Lines of its output that are not logged. @default none */
  readonly noise?: RegExp;
  /** Most bytes that its session may use. @default no limit */
  readonly memoryLimit?: number;
  /** Makes the look at one run of it, from its readiness on. @default once ready it counts as ready until it ends */
  readonly look?: () => Look;
  /** How soon the kernel kills its processes when memory runs out. @default as apps */
  readonly oom?: OomClass;
  /** 0 to 19: a higher value gets less processor time when it is busy. @default 0 */
  readonly niceness?: number;
}

/** A running supervisor. */
export interface Supervisor {
  /** Stops everything in reverse order; called again it kills at once. */
  stop(): void;
  /** Starts, stops or restarts one service. Returns why that is refused, or undefined when it is carried out. */
  order(order: Order, service: string): string | undefined;
  /** Starts at once what rests after its death, because somebody wants to see the desktop. */
  hurry(): void;
  /** The current state; immutable. */
  state(): State;
  /** Resolves with the exit code once nothing runs any more. */
  readonly ended: Promise<number>;
}

/** Starts the services and keeps them running by the policy of `step`. Every change of state is passed to `onEdge`. */
export function supervise(specs: readonly ServiceSpec[], options: Options): Supervisor {
  const runner = new Runner(specs, options);
  runner.send({ type: "boot" });
  return {
    stop: () => runner.send({ type: "stop" }),
    order(order, service) {
      const refused = refusal(runner.state, order, service);
      if (refused === undefined) runner.send({ type: "order", order, service });
      return refused;
    },
    hurry: () => runner.hurry(),
    state: () => runner.state,
    ended: runner.ended,
  };
}

interface Options {
  readonly log: Log;
  readonly onEdge?: (edge: Edge) => void;
  /** The processes of the container, whose apps the kernel is to kill before the services. @default none */
  readonly processes?: () => readonly string[];
  /** Called at every round of looks at the services, so that nobody needs a timer of his own. */
  readonly onRound?: () => void;
  /** Milliseconds between two rounds. @default the policy's `lookInterval` */
  readonly lookInterval?: number;
  /** Milliseconds between two readings of a service's memory: no event reports that it grows. @default 5000 */
  readonly memoryInterval?: number;
}

/** Turns actions of the state machine into effects, and their results into events. */
class Runner {
  state: State;
  readonly ended: Promise<number>;
  #end: (code: number) => void = () => {};
  readonly #specs: ReadonlyMap<string, ServiceSpec>;
  readonly #live = new Map<string, Launched>();
  /** Called at every round, by service and instance. */
  readonly #looks = new Map<string, () => void>();
  readonly #rounds: NodeJS.Timeout;
  #oomKills = countOomKills();
  #visitedAt = Number.NEGATIVE_INFINITY;
  readonly #queue: Event[] = [];
  #draining = false;
  readonly #log: Log;
  readonly #onEdge: (edge: Edge) => void;
  readonly #memoryInterval: number;
  readonly #processes: () => readonly string[];
  readonly #crashLoops: ReturnType<typeof createCrashLoopReporter>;

  constructor(specs: readonly ServiceSpec[], options: Options) {
    const { log, onEdge = () => {}, onRound = () => {}, memoryInterval = 5_000 } = options;
    this.#specs = new Map(specs.map((spec) => [spec.name, spec]));
    this.#log = log;
    this.#onEdge = onEdge;
    this.#memoryInterval = memoryInterval;
    this.#processes = options.processes ?? (() => []);
    this.#crashLoops = createCrashLoopReporter(log);
    this.state = initialState(Object.fromEntries(this.#specs));
    let round = 0;
    this.#rounds = setInterval(() => {
      onRound();
      if (++round % OOM_ROUNDS === 0) this.#raiseOomScores();
      for (const look of this.#looks.values()) look();
    }, options.lookInterval ?? POLICY.lookInterval).unref();
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  hurry(): void {
    if (now() - this.#visitedAt < POLICY.visitPause) return;
    this.#visitedAt = now();
    this.send({ type: "visitor" });
  }

  send(event: Event): void {
    this.#queue.push(event);
    if (this.#draining) return;
    this.#draining = true;
    // Actions may send events themselves: those are queued, so that every step completes first.
    for (let next = this.#queue.shift(); next; next = this.#queue.shift()) {
      const [after, actions] = step(this.state, next);
      this.state = after;
      for (const action of actions) this.#try(action);
    }
    this.#draining = false;
  }

  /** A fault in one effect must not prevent the others: nothing supervises the supervisor. */
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
        this.#crashLoops.onEdge(action.edge);
        this.#onEdge(action.edge);
        break;
      case "exit":
        clearInterval(this.#rounds);
        this.#end(action.code);
    }
  }

  #spawn({ service, instance }: { service: string; instance: number }): void {
    const spec = this.#specs.get(service);
    if (!spec) return;
    const id = key({ service, instance });
    const follow = this.#follower(spec, { service, instance });
    const ready = () => {
      this.send({ type: "ready", service, instance, now: now() });
      if (follow === undefined || !this.#live.has(id)) return;
      this.#looks.set(id, follow);
      follow();
    };
    const outgrown = () => this.send({ type: "outgrown", service, instance });
    prepare(spec, this.#log);
    const process = launch({
      ...spec,
      directory: usableDirectory(spec, this.#log),
      ...(spec.oom ? { oomScore: spec.oom.score } : {}),
    });
    logOutput(service, process, this.#log, (line) => this.#crashLoops.onLine(service, line), spec.noise);
    const endWatches = [
      watch(spec, process, this.#log, ready, () => this.#lose({ service, instance })),
      watchCeiling(spec, process, this.#memoryInterval, outgrown),
    ];
    this.#live.set(id, process);
    if (process.pid !== undefined) this.send({ type: "spawned", service, instance, pid: process.pid });
    if (process.pid !== undefined && !spec.ready) ready();
    void process.exited.then(async (exit) => {
      for (const end of endWatches) end();
      this.#looks.delete(id);
      if (this.#isStopping(service)) {
        // Members of the group that the leader should have ended.
        if (spec.stop.to === "process") process.signal(`SIG${spec.stop.signal}`);
        await groupGone(process);
      }
      const chance = { now: now(), random: Math.random() };
      this.send({ type: "exited", service, instance, ...chance, starved: this.#isStarved(), ...exit });
      this.#live.delete(id);
      // It may have been killed because memory runs out: the next ones are to be apps.
      this.#raiseOomScores();
    });
  }

  /** Looks at a running service regularly, if it has looks. */
  #follower({ look }: ServiceSpec, run: OfInstance): (() => void) | undefined {
    if (look === undefined) return undefined;
    return followHealth(look(), {
      onLost: (reason) => {
        this.#log.warn({
          event: "service.unhealthy",
          service: run.service,
          message: `${run.service}: ${reason}`,
        });
        this.#lose(run);
      },
      onWell: () => this.send({ type: "ready", ...run, now: now() }),
    });
  }

  /** Whether the kernel has killed for want of memory since the last call. */
  #isStarved(): boolean {
    const before = this.#oomKills;
    this.#oomKills = countOomKills();
    return this.#oomKills > before;
  }

  #raiseOomScores(): void {
    const classes = [...this.#specs.values()].flatMap(({ name, oom = APP }) => {
      const pid = this.state.services[name]?.pid;
      return pid === undefined ? [] : [[pid, oom] as const];
    });
    try {
      raiseOomScores(this.#processes(), new Map(classes));
    } catch {
      // No file can be opened: the next round may do it.
    }
  }

  #lose(run: OfInstance): void {
    this.send({ type: "lost", ...run, now: now() });
  }

  #isStopping(service: string): boolean {
    return this.state.phase === "stopping" || this.state.services[service]?.status === "stopping";
  }
}

/** Rounds between two looks for apps with a low score: more often than that nobody starts one. */
const OOM_ROUNDS = 4;
const APP: OomClass = { score: OOM_SCORES.app };

function prepare(spec: ServiceSpec, log: Log): void {
  try {
    spec.prepare?.();
  } catch (error) {
    const message = `Files of its previous run could not be removed: ${String(error)}. It is started nevertheless.`;
    log.warn({ event: "service.prepare", service: spec.name, message });
  }
}

/** The working directory, or / when it cannot be entered: spawn would report that as a missing program. */
function usableDirectory({ name, directory }: ServiceSpec, log: Log): string {
  try {
    accessSync(`${directory}/.`, constants.X_OK);
    return directory;
  } catch (error) {
    const message = `Its directory cannot be entered, so it runs in /: ${String(error)}`;
    log.warn({ event: "service.directory", service: name, message });
    return "/";
  }
}

function watch(
  spec: ServiceSpec,
  process: Launched,
  log: Log,
  onReady: () => void,
  onLost: () => void,
): () => void {
  const { name, environment, ready } = spec;
  if (!ready || process.pid === undefined) return () => {};
  const { onLine, onNewline } = process;
  const onImpatient = (message: string) => {
    log.warn({ event: "service.unseen", service: name, message });
    onLost();
  };
  try {
    return watchReadiness(ready, { environment, onLine, onNewline, onImpatient }, onReady);
  } catch (error) {
    // Otherwise the services that need it would wait for ever.
    const message = `Its readiness cannot be watched, so it counts as ready: ${String(error)}. Correct \`ready\` in workspace.ts.`;
    log.error({ event: "service.readiness", service: name, message });
    onReady();
    return () => {};
  }
}

const GROUP_CHECK = 25;

/**
 * Waits for the rest of a stopping service's group: programs of a session get their time to write their data after the
 * session itself has exited. It polls, because only child processes send an event.
 */
async function groupGone(process: Launched): Promise<void> {
  while (process.groupAlive()) await delay(GROUP_CHECK);
}

function levelOf(edge: Edge): "info" | "warn" | "error" {
  if (edge.to === "degraded" || edge.error !== undefined) return "error";
  if (edge.to === "unhealthy") return "warn";
  if (edge.to === "stopping" && edge.reason !== undefined && edge.reason !== "order") return "warn";
  const died = runs(edge.from);
  return died && edge.to !== "ready" && edge.to !== "stopping" && edge.code !== 0 ? "warn" : "info";
}

function key({ service, instance }: { service: string; instance: number }): string {
  return `${service}#${instance}`;
}

/** Monotonic milliseconds, so that a change of the clock does not end a back-off. */
function now(): number {
  return performance.now();
}
