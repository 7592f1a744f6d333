import { parseCount } from "../../terminal/arguments.ts";
import { defineCommand } from "../command.ts";
import { WORKSPACE } from "./_arguments.ts";

export const logs = defineCommand({
  args: {
    workspace: WORKSPACE,
    follow: { type: "boolean", alias: "f", description: "Go on printing until Ctrl-C" },
    tail: { type: "string", valueHint: "LINES", description: "Only the last lines" },
  },
  examples: [
    { command: "./kasmix logs desktop -f", explanation: "watch the supervisor" },
    { command: "./kasmix logs desktop --tail 20", explanation: "the last twenty lines" },
  ],
  async run(args, context) {
    const { requireWorkspace } = await import("../steps.ts");
    const [{ detectEngine }, { containerLog, containerStatus }, { runAttached }, { KasmixError }] =
      await Promise.all([
        import("../../engine/detect.ts"),
        import("../../engine/container.ts"),
        import("../../engine/process.ts"),
        import("../../model/error.ts"),
      ]);
    const { workspace } = args;
    const lines = args.tail === undefined ? undefined : parseCount(args.tail, "--tail");
    const engine = await detectEngine({ signal: context.signal });
    const { state, container } = await containerStatus(engine, workspace);
    if (state === "absent") {
      await requireWorkspace(context, workspace);
      throw new KasmixError("E_ENGINE", `The workspace "${workspace}" has no container.`, {
        fix: `Start it: ./kasmix up ${workspace}`,
      });
    }
    if (context.output.json) {
      context.output.result({ workspace, lines: await containerLog(engine, workspace, lines ?? 1000) }, "");
      return;
    }
    const flags = [
      ...(args.follow ? ["--follow"] : []),
      ...(lines === undefined ? [] : ["--tail", `${lines}`]),
    ];
    process.exitCode = await runAttached(engine.kind, ["logs", ...flags, container], {
      signal: context.signal,
    });
  },
});
