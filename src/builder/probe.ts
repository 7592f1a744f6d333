import { text } from "node:stream/consumers";
import { lastLine } from "../engine/detect.ts";
import { openProcess } from "../engine/process.ts";
import { type Builder, withContainer } from "./container.ts";

/** Runs a command in the builder, without a network. Returns its last line of errors where it fails. */
export async function probeBuilder(
  builder: Builder,
  command: readonly string[],
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  return withContainer(builder, command, { signal, offline: true }, async (id) => {
    const { kind, globalOptions } = builder.engine;
    const { stdout, outcome } = openProcess(kind, [...globalOptions, "start", "--attach", id], { signal });
    const [, { ok, stderr }] = await Promise.all([text(stdout), outcome]);
    return ok ? undefined : lastLine(stderr);
  });
}
