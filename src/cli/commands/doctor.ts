import type { Check } from "../../engine/doctor.ts";
import { KasmixError } from "../../model/error.ts";
import { parsePort } from "../arguments.ts";
import { defineCommand } from "../command.ts";
import { ADDRESS_ARGS } from "./_arguments.ts";

export const doctor = defineCommand({
  args: {
    fix: { type: "boolean", description: "Install and start what is missing (Debian and Ubuntu, as root)" },
    port: ADDRESS_ARGS.port,
  },
  examples: [
    { command: "./kasmix doctor", explanation: "every requirement, and how to meet it" },
    { command: "./kasmix doctor --fix", explanation: "install and start what is missing" },
  ],
  async run(args, { output, signal }) {
    const [{ diagnose }, { setUp }] = await Promise.all([
      import("../../engine/doctor.ts"),
      import("../../engine/setup.ts"),
    ]);
    const options = { signal, port: parsePort(args.port, "--port") };
    if (args.fix) await setUp(await diagnose(options), { signal, onStep: (text) => output.step(text) });
    const checks = await diagnose(options);
    const wrong = checks.filter((check) => check.state !== "ok");
    if (wrong.length === 0) {
      output.result({ ok: true, checks }, renderChecks(checks));
      return;
    }
    if (!output.json) output.result(undefined, renderChecks(checks));
    throw new KasmixError("E_MACHINE", `${wrong.length} of ${checks.length} checks failed.`, {
      faults: wrong.map(({ name, detail, fix }) => ({
        path: name,
        message: detail,
        ...(fix ? { fix } : {}),
      })),
      ...(args.fix ? {} : { fix: "./kasmix doctor --fix repairs what it can." }),
    });
  },
});

/** A line a check. */
export function renderChecks(checks: readonly Check[]): string {
  return checks
    .map(({ name, state, detail }) => `${state.padEnd(7)}  ${name.padEnd(11)}  ${detail}`)
    .join("\n");
}
