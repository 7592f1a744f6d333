import { KasmixError } from "../../model/error.ts";
import { defineCommand } from "../command.ts";
import { WORKSPACE } from "./_arguments.ts";

export const password = defineCommand({
  args: { workspace: WORKSPACE },
  examples: [
    { command: "./kasmix password desktop", explanation: "what up has printed" },
    { command: "./kasmix password desktop | xclip -selection clipboard", explanation: "for pasting" },
  ],
  async run({ workspace }, context) {
    const [{ detectEngine }, { knownPassword }, { requireWorkspace }] = await Promise.all([
      import("../../engine/detect.ts"),
      import("../../engine/password.ts"),
      import("../steps.ts"),
    ]);
    const engine = await detectEngine({ signal: context.signal });
    const found = await knownPassword(engine, workspace);
    if (found === undefined) {
      await requireWorkspace(context, workspace);
      throw new KasmixError("E_ENGINE", `The workspace "${workspace}" has no password yet.`, {
        fix: `Starting it makes one: ./kasmix up ${workspace}`,
      });
    }
    context.output.result({ workspace, username: "kasm_user", password: found }, found);
  },
});
