import { restOf } from "../arguments.ts";
import { defineCommand } from "../command.ts";
import { WORKSPACE } from "./_arguments.ts";
import { findContainer } from "./_container.ts";

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
    const { workspace } = args;
    const { engine, status } = await findContainer(context, workspace, { running: true });
    const { container } = status;
    const given = restOf(context.argv);
    const command = given.length > 0 ? given : ["bash", "-l"];
    const { WITHOUT_SECRETS } = await import("../../engine/without-secrets.ts");
    const user = args.user === undefined ? [] : ["--user", args.user];
    const words = [...WITHOUT_SECRETS, ...user, container, ...command];
    if (context.output.json) {
      const { exitCode, stdout, stderr } = await engine.attempt(["exec", ...words]);
      context.output.result({ workspace, exitCode: exitCode ?? 1, stdout, stderr }, "");
      return context.exitWith(exitCode ?? 1);
    }
    const terminal = process.stdin.isTTY && process.stdout.isTTY ? ["--tty"] : [];
    const line = ["exec", "--interactive", ...terminal, ...words];
    const { runAttached } = await import("../../engine/process.ts");
    context.exitWith(await runAttached(engine.kind, line, { signal: context.signal }));
  },
});
