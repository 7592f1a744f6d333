import type { Engine } from "../../engine/detect.ts";
import { KasmixError } from "../../model/error.ts";
import { type Context, defineCommand } from "../command.ts";
import { WORKSPACE } from "./_arguments.ts";

export const password = defineCommand({
  args: {
    workspace: WORKSPACE,
    set: {
      type: "boolean",
      description: "Store another one, which is asked for or read from standard input",
    },
  },
  examples: [
    { command: "./kasmix password desktop", explanation: "what up has printed" },
    { command: "./kasmix password desktop | xclip -selection clipboard", explanation: "for pasting" },
    { command: "./kasmix password desktop --set", explanation: "another one, from the next up on" },
  ],
  async run({ workspace, set }, context) {
    const { detectEngine } = await import("../../engine/detect.ts");
    const engine = await detectEngine({ signal: context.signal });
    await (set ? store(context, engine, workspace) : show(context, engine, workspace));
  },
});

async function show(context: Context, engine: Engine, workspace: string): Promise<void> {
  const [{ knownPassword }, { requireWorkspace }] = await Promise.all([
    import("../../engine/password.ts"),
    import("../steps.ts"),
  ]);
  const found = await knownPassword(engine, workspace);
  if (found === undefined) {
    await requireWorkspace(context, workspace);
    throw new KasmixError("E_ENGINE", `The workspace "${workspace}" has no password yet.`, {
      fix: `Starting it makes one: ./kasmix up ${workspace}`,
    });
  }
  context.output.result({ workspace, username: "kasm_user", password: found }, found);
}

/** A container keeps the environment that it was created with, so a running desktop keeps its password until `up`. */
async function store(context: Context, engine: Engine, workspace: string): Promise<void> {
  const [{ containerStatus }, { storePassword }, { requireWorkspace }, { readSecret }] = await Promise.all([
    import("../../engine/container.ts"),
    import("../../engine/password.ts"),
    import("../steps.ts"),
    import("../../terminal/read-secret.ts"),
  ]);
  await requireWorkspace(context, workspace);
  const { stdin, stderr } = process;
  await storePassword(
    workspace,
    await readSecret("New password: ", { stdin, stderr, signal: context.signal }),
  );
  const { state } = await containerStatus(engine, workspace);
  const until = state === "absent" ? "" : "; until then the container keeps its own";
  context.output.result({ workspace, stored: true }, `Stored. ./kasmix up ${workspace} takes it${until}.`);
}
