import type { ArgsDef } from "citty";
import { parseCount } from "../../terminal/arguments.ts";
import type { Context } from "../command.ts";
import { WORKSPACE } from "./_arguments.ts";
import { findContainer } from "./_container.ts";

/** The arguments of `logs` and `events`. */
export const LINES_ARGS = {
  workspace: WORKSPACE,
  service: { type: "positional", required: false, description: "Only this service's" },
  follow: { type: "boolean", alias: "f", description: "Go on printing until Ctrl-C" },
  tail: { type: "string", valueHint: "LINES", description: "Only the last lines" },
} as const satisfies ArgsDef;

/** Their values. */
export interface LinesArgs {
  readonly workspace: string;
  readonly service?: string | undefined;
  readonly follow?: boolean | undefined;
  readonly tail?: string | undefined;
}

/** Where lines come from: hands on each one, and resolves at the end. */
export type LineSource = (onLine: (line: string) => Promise<void>) => Promise<void>;

/** Prints recent lines from kasmixctl. Throws E_ENGINE when the container does not run. */
export async function printFromControl(
  command: "logs" | "events",
  args: LinesArgs,
  context: Context,
): Promise<void> {
  const flags = [...(args.service === undefined ? [] : [args.service]), ...lineFlags(args)];
  const { engine, status } = await findContainer(context, args.workspace, { running: true });
  const { followControl } = await import("../../engine/control.ts");
  await printLines(args, context, (onLine) =>
    followControl(engine, status, [command, ...flags], onLine, context.signal),
  );
}

/** `--follow` and `--tail` as flags of another program. Throws E_USAGE for an invalid count. */
export function lineFlags({ follow, tail }: LinesArgs): string[] {
  const lines = tail === undefined ? undefined : parseCount(tail, "--tail");
  return [...(follow ? ["--follow"] : []), ...(lines === undefined ? [] : ["--tail", `${lines}`])];
}

/** Prints lines: formatted on a terminal, raw elsewhere; with --json as one value, or each as it comes with --follow. */
export async function printLines(
  { workspace, service, follow }: LinesArgs,
  { output }: Context,
  source: LineSource,
): Promise<void> {
  if (output.json && !follow) {
    const lines: string[] = [];
    await source(async (line) => void lines.push(line));
    output.result({ workspace, ...(service === undefined ? {} : { service }), lines }, "");
    return;
  }
  if (output.json || !output.terminal) return source((line) => output.line(line));
  const { paintLogLine } = await import("../../runtime/control/paint-line.ts");
  return source((line) => output.line(paintLogLine(line, output.style)));
}
