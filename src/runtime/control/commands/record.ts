import { KasmixError } from "../../../model/error.ts";
import type { RecordingStatus } from "../../../wire/recording.ts";
import type { RecordOrder } from "../client.ts";
import { defineCommand } from "../command.ts";
import { renderDuration } from "../render-report.ts";

const ORDERS: readonly RecordOrder[] = ["start", "stop", "status"];

export const record = defineCommand({
  args: { order: { type: "positional", required: true, description: "start, stop or status" } },
  examples: [
    { command: "kasmixctl record start", explanation: "picture and sound, into an MP4 file in ~/Downloads" },
    { command: "kasmixctl record stop", explanation: "the file is complete when this returns" },
    { command: "kasmixctl record status --json | jq .isRecording", explanation: "for scripts" },
  ],
  async run({ order: word }, { client, json, print }) {
    const order = ORDERS.find((one) => one === word);
    if (!order)
      throw new KasmixError("E_USAGE", `"${word}" is no order to the recorder.`, {
        fix: `Use one of: ${ORDERS.join(", ")}.`,
      });
    const answer = await client.record(order);
    if ("refused" in answer) throw new KasmixError("E_NOT_READY", answer.refused);
    await print(json ? JSON.stringify(answer) : renderRecording(answer));
    if (order === "stop" && FAILED.includes(answer.ended ?? ""))
      throw new KasmixError("E_NOT_READY", `The recording ended early: ${answer.ended}.`, {
        fix: "See why: kasmixctl logs",
      });
  },
});

/** Ends of which somebody should know who stops what he believes to be a recording. */
const FAILED: readonly string[] = ["failed", "full", "slow"];

/** The state of the recorder for people. */
export function renderRecording({ isRecording, seconds, files, bytes, ended }: RecordingStatus): string {
  if (files.length === 0) return "Nothing is recorded.";
  const lines = files.map((file) => `  ~/Downloads/${file}`).join("\n");
  const amount = `${renderDuration(seconds * 1_000)}, ${(bytes / 1_000_000).toFixed(1)} MB`;
  const state = isRecording
    ? "Recording"
    : ended === "asked"
      ? "Recorded"
      : `Recorded, ended early (${ended})`;
  return `${state}, ${amount}:\n${lines}`;
}
