import { defineCommand } from "../command.ts";
import { ORDER_ARGS, runOrder } from "./_order.ts";

export const stop = defineCommand({
  args: ORDER_ARGS,
  many: true,
  examples: [
    {
      command: "./kasmix stop desktop",
      explanation: "the container; it and its home stay for the next start",
    },
    { command: "./kasmix stop desktop sound", explanation: "one service; it stays down until it is started" },
  ],
  run: (args, context) => runOrder("stop", args, context),
});
