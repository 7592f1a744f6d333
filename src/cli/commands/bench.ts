import { access } from "node:fs/promises";
import path from "node:path";
import { KasmixError } from "../../model/error.ts";
import { restOf } from "../arguments.ts";
import { defineCommand } from "../command.ts";

export const bench = defineCommand({
  args: {},
  rest: "BENCH_ARGUMENTS...",
  examples: [
    { command: "./kasmix bench", explanation: "everything; takes several minutes" },
    { command: "./kasmix bench --json > bench.json", explanation: "the figures as JSON" },
  ],
  async run(_args, { root, output, signal, argv }) {
    const script = path.join(root, "test/bench/main.ts");
    await access(script).catch(() => {
      throw new KasmixError("E_USAGE", "This checkout has no test/bench/main.ts.");
    });
    const { runAttached } = await import("../../engine/process.ts");
    const flags = output.json ? ["--json"] : [];
    // The same loader that runs this process.
    const args = [...process.execArgv, script, ...flags, ...restOf(argv)];
    process.exitCode = await runAttached(process.execPath, args, { signal, cwd: root });
  },
});
