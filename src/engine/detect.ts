import { existsSync } from "node:fs";
import { join } from "node:path";
import { KasmixError } from "../model/error.ts";
import { podmanOptions } from "./podman.ts";
import { type Outcome, type ProcessOptions, runProcess } from "./process.ts";

/** A container engine that answers. */
export interface Engine {
  readonly kind: "docker" | "podman";
  readonly version: string;
  /** Options before the command that this machine's engine needs. */
  readonly globalOptions: readonly string[];
  /** Options of `create` that this machine's engine needs. */
  readonly createOptions: readonly string[];
  /** Runs an engine command and returns its stdout. Throws E_ENGINE with the engine's message. */
  run(args: readonly string[], options?: ProcessOptions): Promise<string>;
  /** The same, but a failure is returned, not thrown. */
  attempt(args: readonly string[], options?: ProcessOptions): Promise<Outcome>;
}

/** Whether an engine answers, is installed without answering, or is missing. */
export interface EngineState {
  readonly kind: Engine["kind"];
  readonly state: "ok" | "broken" | "missing";
  readonly version: string;
  /** The engine's message when it is broken. */
  readonly detail: string;
}

/** Arguments that print the version of the part that does the work. */
const VERSION_ARGS = {
  docker: ["version", "--format", "{{.Server.Version}}"],
  podman: ["info", "--format", "{{.Version.Version}}"],
} as const;

/** Milliseconds until a silent engine counts as broken. */
const ANSWER_TIMEOUT = 10_000;

/**
 * The engine to use: a running Docker, else Podman; KASMIX_ENGINE=docker or podman overrides it. Throws E_ENGINE when
 * neither answers.
 */
export async function detectEngine(
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<Engine> {
  const states: EngineState[] = [];
  for (const kind of wantedKinds()) {
    const state = await probeEngine(kind, options);
    if (state.state === "ok") return createEngine(kind, state.version, options.signal);
    states.push(state);
  }
  const broken = states.find((state) => state.state === "broken");
  if (broken === undefined) {
    throw new KasmixError(
      "E_ENGINE",
      "No container engine was found: neither Docker nor Podman is installed.",
      {
        fix: "./kasmix doctor --fix installs one on Debian and Ubuntu.",
      },
    );
  }
  throw new KasmixError("E_ENGINE", `${broken.kind} is installed, but does not answer: ${broken.detail}`, {
    fix: "./kasmix doctor --fix starts it; on a machine with systemd: systemctl start docker",
  });
}

/** Finds out whether an engine is installed and answers. */
export async function probeEngine(
  kind: Engine["kind"],
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<EngineState> {
  const outcome = await runProcess(kind, VERSION_ARGS[kind], { signal, timeout: ANSWER_TIMEOUT });
  const version = outcome.stdout.trim();
  if (outcome.notFound) return { kind, state: "missing", version: "", detail: `${kind} is not installed` };
  if (outcome.ok && version !== "") return { kind, state: "ok", version, detail: "" };
  if (kind === "docker" && isOnlyClient()) {
    return { kind, state: "missing", version: "", detail: "only Docker's client is installed" };
  }
  const detail = outcome.timedOut ? `no answer in ${ANSWER_TIMEOUT / 1000} s` : lastLine(outcome.stderr);
  return { kind, state: "broken", version: "", detail };
}

/**
 * Whether only Docker's client is installed: no daemon among the programs, no daemon's socket, and no DOCKER_HOST.
 */
export function isOnlyClient({
  host = process.env.DOCKER_HOST,
  directories = [...(process.env.PATH ?? "").split(":"), "/usr/sbin", "/usr/local/sbin"],
  socket = "/var/run/docker.sock",
  platform = process.platform,
} = {}): boolean {
  // On macOS the daemon is in a virtual machine.
  if (host || platform !== "linux") return false;
  const signs = [socket, ...directories.map((directory) => join(directory, "dockerd"))];
  return !signs.some((path) => existsSync(path));
}

/** The engines to look for, best first. Throws E_USAGE for an invalid KASMIX_ENGINE. */
export function wantedKinds(wanted = process.env.KASMIX_ENGINE): readonly Engine["kind"][] {
  if (wanted === undefined || wanted === "") return ["docker", "podman"];
  if (wanted === "docker" || wanted === "podman") return [wanted];
  throw new KasmixError("E_USAGE", `KASMIX_ENGINE is "${wanted}"; set it to "docker" or "podman".`);
}

async function createEngine(
  kind: Engine["kind"],
  version: string,
  signal: AbortSignal | undefined,
): Promise<Engine> {
  const { global, create } = kind === "podman" ? await podmanOptions() : { global: [], create: [] };
  const attempt: Engine["attempt"] = (args, options) =>
    runProcess(kind, [...global, ...args], { signal, ...options });
  return {
    kind,
    version,
    globalOptions: global,
    createOptions: create,
    attempt,
    async run(args, options) {
      const outcome = await attempt(args, options);
      if (outcome.ok) return outcome.stdout;
      throw new KasmixError("E_ENGINE", `${kind} ${args[0]} failed: ${engineReason(outcome.stderr)}`);
    },
  };
}

/** Why an engine refused: its daemon's message, which the command line may follow with a less specific line. */
export function engineReason(stderr: string): string {
  const said = /^Error response from daemon: (.+)$/m.exec(stderr)?.[1];
  return said ?? lastLine(stderr);
}

/** The last line that is not empty: programs put the reason there. */
export function lastLine(text: string): string {
  return text.trim().split("\n").at(-1)?.trim() ?? "";
}
