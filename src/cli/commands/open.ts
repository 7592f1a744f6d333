import { defineCommand } from "../command.ts";
import { WORKSPACE } from "./_arguments.ts";

export const open = defineCommand({
  args: { workspace: WORKSPACE },
  examples: [{ command: "./kasmix open desktop", explanation: "in the browser that this machine prefers" }],
  async run(args, context) {
    const { requireWorkspace } = await import("../steps.ts");
    const [{ detectEngine }, { containerStatus, requireRunning }, { runProcess }] = await Promise.all([
      import("../../engine/detect.ts"),
      import("../../engine/container.ts"),
      import("../../engine/process.ts"),
    ]);
    const engine = await detectEngine({ signal: context.signal });
    const { state } = await containerStatus(engine, args.workspace);
    if (state === "absent") await requireWorkspace(context, args.workspace);
    const { url } = await requireRunning(engine, args.workspace);
    // Without a graphical session there is no browser to open: the address is the answer then.
    const graphical = process.env.DISPLAY !== undefined || process.env.WAYLAND_DISPLAY !== undefined;
    const opened = graphical && (await runProcess("xdg-open", [url], { timeout: 10_000 })).ok;
    if (!opened) context.output.step("No browser can be opened from here; the address is:");
    context.output.result({ workspace: args.workspace, url, opened }, url);
  },
});
