import { defineCommand } from "../command.ts";
import { WORKSPACE } from "./_arguments.ts";

export const status = defineCommand({
  args: { workspace: WORKSPACE },
  examples: [
    { command: "./kasmix status desktop", explanation: "state, address, image" },
    { command: "./kasmix status desktop --json | jq -r .state", explanation: "running, stopped or absent" },
  ],
  async run(args, context) {
    const { requireWorkspace, shortDigest } = await import("../steps.ts");
    const [{ detectEngine }, { containerStatus }, { isReady }] = await Promise.all([
      import("../../engine/detect.ts"),
      import("../../engine/container.ts"),
      import("../../engine/ready.ts"),
    ]);
    const engine = await detectEngine({ signal: context.signal });
    const { settings: _settings, ...found } = await containerStatus(engine, args.workspace);
    if (found.state === "absent") await requireWorkspace(context, args.workspace);
    const ready = found.state === "running" && (await isReady(found));
    const rows = [
      ["State", found.state === "running" ? `running, ${ready ? "ready" : "not ready yet"}` : found.state],
      ["Address", found.url],
      ["Container", found.container],
      ["Image", found.image && `${found.image} (${shortDigest(found.digest)})`],
      ["Started", found.startedAt],
    ];
    const text = rows
      .filter(([, value]) => value)
      .map(([label, value]) => `${`${label}:`.padEnd(11)}${value}`);
    context.output.result({ ...found, ready, engine: engine.kind }, text.join("\n"));
  },
});
