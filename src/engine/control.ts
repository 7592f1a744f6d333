import { type ErrorCode, EXIT_CODES, type Fault, KasmixError } from "../model/error.ts";
import type { ContainerStatus } from "./container.ts";
import { type Engine, engineReason } from "./detect.ts";
import { type Outcome, runLines } from "./process.ts";

type Target = Pick<ContainerStatus, "container" | "workspace">;

/**
 * Runs kasmixctl in a workspace's container and returns the JSON that it prints. Throws its failure, and E_ENGINE when it
 * cannot be run.
 */
export async function askControl<T>(engine: Engine, target: Target, args: readonly string[]): Promise<T> {
  const outcome = await engine.attempt(["exec", target.container, "kasmixctl", ...args, "--json"]);
  if (!outcome.ok) throw failure(target, outcome.stdout.trim(), outcome);
  return JSON.parse(outcome.stdout) as T;
}

/**
 * Runs kasmixctl in a workspace's container and passes on each JSON line that it prints, until it ends or `signal` aborts.
 * Throws as askControl does.
 */
export async function followControl(
  engine: Engine,
  target: Target,
  args: readonly string[],
  onLine: (line: string) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  // The program started by `exec` ends with its standard input, not with the engine's command line.
  const words = ["exec", "--interactive", target.container, "kasmixctl", ...args, "--json", "--attached"];
  let trouble = "";
  const takeLine = async (line: string) => {
    // Other lines are the engine's: Docker reports on stdout that a program cannot be run.
    if (line.startsWith("{") && !line.startsWith(ERROR_MARK)) await onLine(line);
    else trouble = line;
  };
  const outcome = await runLines(engine.kind, words, takeLine, { signal });
  if (outcome.exitCode !== 0) throw failure(target, trouble, outcome);
}

/** The start of kasmixctl's line for a failure. */
const ERROR_MARK = '{"error":';

interface Report {
  readonly code: string;
  readonly message: string;
  readonly fix?: string;
  readonly faults: readonly Fault[];
}

function failure(
  { workspace, container }: Target,
  said: string,
  { exitCode, stderr }: Pick<Outcome, "exitCode" | "stderr">,
): KasmixError {
  if (said.startsWith(ERROR_MARK)) {
    const { code, message, fix, faults }: Report = JSON.parse(said).error;
    const known = Object.hasOwn(EXIT_CODES, code) ? (code as ErrorCode) : "E_ENGINE";
    return new KasmixError(known, message, { faults, ...(fix ? { fix: fromOutside(fix, workspace) } : {}) });
  }
  // 126 and 127: the program cannot be run.
  if (exitCode === 126 || exitCode === 127) {
    return new KasmixError("E_ENGINE", `${container} runs an older image without kasmixctl.`, {
      fix: `Upgrade it: ./kasmix up ${workspace}`,
    });
  }
  return new KasmixError("E_ENGINE", `kasmixctl in ${container} failed: ${engineReason(stderr || said)}`, {
    fix: `See the log: ./kasmix logs ${workspace}`,
  });
}

/** Translates `kasmixctl logs display` into `./kasmix logs desktop display`. */
function fromOutside(fix: string, workspace: string): string {
  const outside = (words: string, command: string) => {
    if (command === "navigate") return `./kasmix open ${workspace}`;
    // These two exist only inside the container.
    const isInside = command === "open" || command === "launch";
    return isInside ? `./kasmix exec ${workspace} -- ${words}` : `./kasmix ${command} ${workspace}`;
  };
  return fix
    .replace(/\bkasmixctl ([a-z]+)/g, outside)
    .replace("docker logs CONTAINER", `./kasmix logs ${workspace}`);
}
