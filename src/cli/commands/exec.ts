import { restOf } from "../arguments.ts";
import { defineCommand } from "../command.ts";
import { WORKSPACE } from "./_arguments.ts";

export const exec = defineCommand({
  args: {
    workspace: WORKSPACE,
    user: { type: "string", valueHint: "USER", description: "Run it as another user, such as root" },
  },
  rest: "COMMAND...",
  examples: [
    { command: "./kasmix exec desktop", explanation: "a shell" },
    { command: "./kasmix exec desktop -- ls -l", explanation: "one command; its exit code is this one's" },
    { command: "./kasmix exec desktop --user root -- id", explanation: "as root" },
  ],
  async run(args, context) {
    const { requireWorkspace } = await import("../steps.ts");
    const [{ detectEngine }, { containerStatus, requireRunning }, { runAttached }] = await Promise.all([
      import("../../engine/detect.ts"),
      import("../../engine/container.ts"),
      import("../../engine/process.ts"),
    ]);
    const { workspace } = args;
    const engine = await detectEngine({ signal: context.signal });
    const { state } = await containerStatus(engine, workspace);
    if (state === "absent") await requireWorkspace(context, workspace);
    const { container } = await requireRunning(engine, workspace);
    const given = restOf(context.argv);
    const command = given.length > 0 ? given : ["bash", "-l"];
    const user = args.user === undefined ? [] : ["--user", args.user];
    if (context.output.json) {
      const { exitCode, stdout, stderr } = await engine.attempt(["exec", ...user, container, ...command]);
      context.output.result({ workspace, exitCode: exitCode ?? 1, stdout, stderr }, "");
      process.exitCode = exitCode ?? 1;
      return;
    }
    const terminal = process.stdin.isTTY && process.stdout.isTTY ? ["--tty"] : [];
    const line = ["exec", "--interactive", ...terminal, ...user, container, ...command];
    process.exitCode = await runAttached(engine.kind, line, { signal: context.signal });
  },
});
