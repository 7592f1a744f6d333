import { defineCommand } from "../command.ts";
import { renderReport } from "../render-report.ts";

export const status = defineCommand({
  args: {},
  examples: [
    { command: "kasmixctl status", explanation: "every service: its state, since when, its memory" },
    { command: "kasmixctl status --json | jq .services.display.pid", explanation: "for scripts" },
  ],
  async run(_args, { client, json, style, print }) {
    const report = await client.report({ memory: true });
    await print(json ? JSON.stringify(report, null, 2) : renderReport(report, style));
  },
});
