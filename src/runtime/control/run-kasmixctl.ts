import { once } from "node:events";
import type { Writable } from "node:stream";
import type { KasmixError } from "../../model/error.ts";
import { ownWords, readCommandLine } from "../../terminal/command-line.ts";
import type { Program } from "../../terminal/program.ts";
import { renderError, renderErrorReport, toKasmixError } from "../../terminal/report.ts";
import { createStyle, wantsColor } from "../../terminal/style.ts";
import { createClient } from "./client.ts";
import type { Command } from "./command.ts";
import { events, logs } from "./commands/journal.ts";
import { launch, navigate, open } from "./commands/launch.ts";
import { restart, start, stop } from "./commands/order.ts";
import { record } from "./commands/record.ts";
import { status } from "./commands/status.ts";

const KASMIXCTL: Program<Command> = {
  name: "kasmixctl",
  about: "kasmixctl shows and controls the services of this container.",
  examples: [
    { command: "kasmixctl status", explanation: "show every service" },
    { command: "kasmixctl restart desktop", explanation: "restart one, and wait until it is ready again" },
  ],
  commands: {
    status: { description: "Show the state of every service", load: async () => status },
    start: { description: "Start services and wait until they are ready", load: async () => start },
    stop: { description: "Stop services and wait until they are down", load: async () => stop },
    restart: { description: "Restart services and wait until they are ready", load: async () => restart },
    open: { description: "Open a URL in the workspace's browser", load: async () => open },
    navigate: { description: "Open a URL in the URL launcher's browser", load: async () => navigate },
    launch: { description: "Start or show an app, as its icon does", load: async () => launch },
    record: { description: "Record picture and sound into a file", load: async () => record },
    logs: { description: "Print the recent log", load: async () => logs },
    events: { description: "Print recent events of services", load: async () => events },
  },
  args: {
    json: { type: "boolean", description: "Print the result as JSON" },
    help: { type: "boolean", alias: "h", description: "Show this help" },
  },
  ownFlags: [],
  more: "Exit codes: 0 done, 1 failed, 2 wrong command line, 3 no supervisor answers.",
};

/** Environment and output of a run: those of the process, or a test's. */
export interface Surroundings {
  readonly env: NodeJS.ProcessEnv;
  readonly stdout: Writable & { readonly isTTY?: boolean };
  readonly stderr: Writable;
}

/** Runs the command line of the container, a client of the supervisor's socket. Resolves with the exit code. */
export async function runKasmixctl(
  argv: readonly string[],
  { env, stdout, stderr }: Surroundings,
): Promise<number> {
  const json = ownWords(argv).includes("--json");
  const style = createStyle(stdout.isTTY === true && wantsColor(env));
  const print = async (line: string) => {
    if (!stdout.write(`${line}\n`)) await once(stdout, "drain");
  };
  try {
    const line = await readCommandLine(argv, KASMIXCTL, style.bold);
    if ("help" in line) {
      (line.asked ? stdout : stderr).write(`${line.help}\n`);
      return line.asked ? 0 : 2;
    }
    const path = `${env.KASMIX_TMP || "/tmp"}/kasmix/control.sock`;
    await line.command.run(line.args, { client: createClient({ path }), json, style, print });
    return 0;
  } catch (thrown) {
    const error = toKasmixError(thrown, new AbortController().signal);
    const exitCode = exitCodeOf(error);
    stderr.write(`${renderError(error)}\n`);
    // On one line, so that it can end a stream of lines.
    if (json) await print(JSON.stringify({ error: { ...renderErrorReport(error).error, exitCode } }));
    return exitCode;
  }
}

function exitCodeOf({ code }: KasmixError): number {
  if (code === "E_USAGE") return 2;
  return code === "E_ENGINE" ? 3 : 1;
}
