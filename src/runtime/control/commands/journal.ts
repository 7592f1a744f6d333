import type { ArgsDef } from "citty";
import { KasmixError } from "../../../model/error.ts";
import { parseCount } from "../../../terminal/arguments.ts";
import { type Context, defineCommand } from "../command.ts";
import { linesOf } from "../lines-of.ts";
import { paintLogLine } from "../paint-line.ts";
import type { JournalQuery } from "../query.ts";

const ARGS = {
  service: { type: "positional", required: false, description: "Only lines of this service (default: all)" },
  follow: { type: "boolean", alias: "f", description: "Keep printing new lines until Ctrl-C" },
  tail: {
    type: "string",
    valueHint: "LINES",
    description: "Only the last LINES lines (default: all, up to 512 KiB)",
  },
  attached: {
    type: "boolean",
    description: "End when standard input ends, for programs that follow from outside",
  },
} as const satisfies ArgsDef;

export const logs = defineCommand({
  args: ARGS,
  examples: [
    { command: "kasmixctl logs", explanation: "the recent log of the supervisor and of all services" },
    { command: "kasmixctl logs desktop -f", explanation: "watch one service" },
    { command: "kasmixctl logs --tail 20 --json", explanation: "one JSON object per line" },
  ],
  run: (args, context) => run(undefined, args, context),
});

export const events = defineCommand({
  args: ARGS,
  examples: [
    { command: "kasmixctl events -f", explanation: "watch services start, exit and restart" },
    { command: "kasmixctl events display --json", explanation: "one JSON object per line" },
  ],
  run: (args, context) => run("events", args, context),
});

interface JournalArgs {
  readonly service?: string | undefined;
  readonly follow?: boolean | undefined;
  readonly tail?: string | undefined;
  readonly attached?: boolean | undefined;
}

async function run(kind: JournalQuery["kind"], args: JournalArgs, context: Context): Promise<void> {
  const { service, follow = false } = args;
  const tail = args.tail === undefined ? undefined : parseCount(args.tail, "--tail");
  const lines = await context.client.journal({ kind, service, follow, tail });
  const detach = args.attached ? endWithStdin() : () => {};
  try {
    for await (const line of linesOf(lines)) {
      await context.print(context.json ? line : paintLogLine(line, context.style));
    }
  } catch (error) {
    throw new KasmixError(
      "E_ENGINE",
      "The log ended early: the supervisor died, or the output was read too slowly.",
      {
        cause: error,
      },
    );
  } finally {
    detach();
  }
}

/** Killing `docker exec` does not end what it started, but it closes the standard input. */
function endWithStdin(): () => void {
  process.stdin.resume().once("end", () => process.exit(0));
  return () => void process.stdin.pause();
}
