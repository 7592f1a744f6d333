import { defineCommand } from "../command.ts";
import { ORDER_ARGS, runOrder } from "./_order.ts";

export const start = defineCommand({
  args: ORDER_ARGS,
  many: true,
  examples: [
    {
      command: "./kasmix start desktop",
      explanation: "the container that was stopped, and wait until it is ready",
    },
    { command: "./kasmix start desktop sound", explanation: "one service in it: stopped, given up or done" },
  ],
  run: (args, context) => runOrder("start", args, context),
});
