import { type Context, defineCommand } from "../command.ts";
import { findContainer } from "./_container.ts";
import { LINES_ARGS, type LinesArgs, lineFlags, printFromControl, printLines } from "./_lines.ts";

export const logs = defineCommand({
  args: LINES_ARGS,
  examples: [
    { command: "./kasmix logs desktop -f", explanation: "watch the supervisor" },
    { command: "./kasmix logs desktop --tail 20", explanation: "the last twenty lines" },
    { command: "./kasmix logs desktop sound -f", explanation: "watch one service" },
    { command: "./kasmix logs desktop | jq .service", explanation: "into a pipe each line is JSON" },
  ],
  run: (args, context) =>
    args.service === undefined ? printAll(args, context) : printFromControl("logs", args, context),
});

/** Everything the container has logged, as the engine keeps it: also of a stopped one. */
async function printAll(args: LinesArgs, context: Context): Promise<void> {
  const flags = lineFlags(args);
  const { engine, status } = await findContainer(context, args.workspace);
  const { runLines } = await import("../../engine/process.ts");
  const limit = context.output.json && !args.follow && args.tail === undefined ? ["--tail", "1000"] : [];
  const words = ["logs", ...flags, ...limit, status.container];
  await printLines(args, context, async (onLine) => {
    const { exitCode } = await runLines(engine.kind, words, onLine, { signal: context.signal, from: "all" });
    process.exitCode = exitCode;
  });
}
