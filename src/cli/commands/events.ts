import { defineCommand } from "../command.ts";
import { LINES_ARGS, printFromControl } from "./_lines.ts";

export const events = defineCommand({
  args: LINES_ARGS,
  examples: [
    { command: "./kasmix events desktop -f", explanation: "watch services start, die and come back" },
    { command: "./kasmix events desktop display", explanation: "recent events of one service" },
    {
      command: "./kasmix events desktop -f --json | jq -r .to",
      explanation: "for scripts: one JSON object a line",
    },
  ],
  run: (args, context) => printFromControl("events", args, context),
});
