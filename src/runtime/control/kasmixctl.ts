import { once } from "node:events";
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
import { status } from "./commands/status.ts";

const KASMIXCTL: Program<Command> = {
  name: "kasmixctl",
  about: "kasmixctl shows and steers the services of this container.",
  examples: [
    { command: "kasmixctl status", explanation: "what every service does" },
    { command: "kasmixctl restart desktop", explanation: "and wait until it is ready again" },
  ],
  commands: {
    status: { description: "Show what every service does", load: async () => status },
    start: { description: "Start services, and wait until they are ready", load: async () => start },
    stop: { description: "Stop services, and wait until they are down", load: async () => stop },
    restart: { description: "Stop services and start them again", load: async () => restart },
    open: { description: "Open an address in the workspace's browser", load: async () => open },
    navigate: { description: "Have the URL launcher's browser open a URL", load: async () => navigate },
    launch: { description: "Show an app, as its icon does", load: async () => launch },
    logs: { description: "Print what was logged of late", load: async () => logs },
    events: { description: "Print what happened to the services of late", load: async () => events },
  },
  args: {
    json: { type: "boolean", description: "Print the result as JSON" },
    help: { type: "boolean", alias: "h", description: "Show this help" },
  },
  ownFlags: [],
  more: "Exit codes: 0 done, 1 failed, 2 the command line is wrong, 3 no supervisor answers.",
};

/** The command line in the container: a client of the supervisor's socket. */
async function main(argv: readonly string[]): Promise<void> {
  process.stdout.on("error", endQuietly);
  const own = ownWords(argv);
  const json = own.includes("--json");
  const style = createStyle(process.stdout.isTTY === true && wantsColor(process.env));
  try {
    const line = await readCommandLine(argv, KASMIXCTL, style.bold);
    if ("help" in line) {
      (line.asked ? process.stdout : process.stderr).write(`${line.help}\n`);
      process.exitCode = line.asked ? 0 : 2;
      return;
    }
    const path = `${process.env.KASMIX_TMP || "/tmp"}/kasmix/control.sock`;
    await line.command.run(line.args, { client: createClient({ path }), json, style, print });
  } catch (thrown) {
    const error = toKasmixError(thrown, new AbortController().signal);
    process.exitCode = exitCodeOf(error);
    process.stderr.write(`${renderError(error)}\n`);
    const report = renderErrorReport(error).error;
    // On one line, so that it can stand at the end of a stream of lines.
    if (json) await print(JSON.stringify({ error: { ...report, exitCode: process.exitCode } }));
  }
}

function exitCodeOf({ code }: KasmixError): number {
  if (code === "E_USAGE") return 2;
  return code === "E_ENGINE" ? 3 : 1;
}

async function print(line: string): Promise<void> {
  if (!process.stdout.write(`${line}\n`)) await once(process.stdout, "drain");
}

/** `kasmixctl … | head` closes our output early: that is no error. */
function endQuietly(error: NodeJS.ErrnoException): void {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
}

await main(process.argv.slice(2));
