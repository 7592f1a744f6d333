import type { Navigated, Unopened } from "../../runtime/launcher/navigate.ts";
import { type Context, defineCommand } from "../command.ts";
import { WORKSPACE } from "./_arguments.ts";
import { type Found, findContainer } from "./_container.ts";

export const open = defineCommand({
  args: {
    workspace: WORKSPACE,
    url: {
      type: "positional",
      required: false,
      description: "Opened in the workspace's browser (default: the workspace in this machine's)",
    },
  },
  examples: [
    { command: "./kasmix open desktop", explanation: "in the browser that this machine prefers" },
    {
      command: "./kasmix open void https://example.org/",
      explanation: "in void's browser; exit code 7 where its policy refuses the URL",
    },
  ],
  async run({ workspace, url }, context) {
    const found = await findContainer(context, workspace, { running: true });
    await (url === undefined ? openHere(found, context) : openThere(found, url, context));
  },
});

async function openHere({ status: { workspace, url } }: Found, { output }: Context): Promise<void> {
  const { runProcess } = await import("../../engine/process.ts");
  // Without a graphical session no browser opens, unless one is named: the printed address is the result.
  const { BROWSER, DISPLAY, WAYLAND_DISPLAY } = process.env;
  const program = BROWSER || ((DISPLAY ?? WAYLAND_DISPLAY) !== undefined ? "xdg-open" : undefined);
  const opened = program !== undefined && (await runProcess(program, [url], { timeout: 10_000 })).ok;
  if (!opened) output.step("No browser can be opened from here; the address is:");
  output.step(`Password: ./kasmix password ${workspace}`);
  output.result({ workspace, url, opened }, url);
}

async function openThere({ engine, status }: Found, url: string, { output }: Context): Promise<void> {
  const { askControl } = await import("../../engine/control.ts");
  const answer = await askControl<Exclude<Navigated, Unopened>>(engine, status, ["navigate", url]);
  output.result({ workspace: status.workspace, url, ...answer }, `Opened in ${answer.app}`);
}
