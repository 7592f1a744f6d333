import { defineCommand } from "../command.ts";
import { ORDER_ARGS, runOrder } from "./_order.ts";

export const restart = defineCommand({
  args: ORDER_ARGS,
  many: true,
  examples: [
    { command: "./kasmix restart desktop", explanation: "the container, and wait until it is ready" },
    {
      command: "./kasmix restart desktop display",
      explanation: "one service, and wait until it is ready again",
    },
    {
      command: "./kasmix restart desktop sound --timeout 10",
      explanation: "exit code 7 if that takes longer",
    },
  ],
  run: (args, context) => runOrder("restart", args, context),
});
