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
  const { output, signal } = context;
  const flags = lineFlags(args);
  const { engine, status } = await findContainer(context, args.workspace);
  const { runAttached, runLines } = await import("../../engine/process.ts");
  const limit = output.json && !args.follow && args.tail === undefined ? ["--tail", "1000"] : [];
  const words = ["logs", ...flags, ...limit, status.container];
  if (!output.json && !output.terminal) {
    return context.exitWith(await runAttached(engine.kind, words, { signal }));
  }
  await printLines(args, context, async (onLine) => {
    const { exitCode } = await runLines(engine.kind, words, onLine, { signal, from: "all" });
    context.exitWith(exitCode);
  });
}
