import { defineCommand } from "../command.ts";
import { WORKSPACE } from "./_arguments.ts";

export const down = defineCommand({
  args: {
    workspace: WORKSPACE,
    volume: { type: "boolean", description: "Remove its volumes and its password too: the home is lost" },
  },
  examples: [
    { command: "./kasmix down desktop", explanation: "the home volume stays for the next up" },
    { command: "./kasmix down desktop --volume", explanation: "nothing stays" },
  ],
  async run(args, context) {
    const { requireWorkspace } = await import("../steps.ts");
    const [{ detectEngine }, { containerStatus, removeContainer }, { forgetPassword }] = await Promise.all([
      import("../../engine/detect.ts"),
      import("../../engine/container.ts"),
      import("../../engine/password.ts"),
    ]);
    const { workspace } = args;
    const engine = await detectEngine({ signal: context.signal });
    // The container of a workspace whose folder was deleted can still be removed.
    const { state } = await containerStatus(engine, workspace);
    if (state === "absent") await requireWorkspace(context, workspace);
    const removed = await removeContainer(engine, workspace, args.volume === true);
    if (args.volume) await forgetPassword(workspace);
    const lines = [
      removed.container ? `Removed the container of ${workspace}` : `${workspace} has no container`,
      ...removed.volumes.map((volume) => `Removed the volume ${volume}`),
    ];
    context.output.result({ workspace, ...removed }, lines.join("\n"));
  },
});
