import type { Context } from "../command.ts";
import { defineCommand } from "../command.ts";
import {
  type Counts,
  chosenTiers,
  readCounts,
  renderCounts,
  TEST_PACKAGES,
  TIERS,
  type Tier,
} from "../tiers.ts";

export const test = defineCommand({
  args: {
    tier: {
      type: "positional",
      required: false,
      description: `Any of: ${TIERS.map(({ name }) => name).join(", ")}`,
    },
  },
  many: true,
  examples: [
    { command: "./kasmix test", explanation: "everything; installs what the tests need on Debian, as root" },
    {
      command: "./kasmix test types lint unit",
      explanation: "what needs neither Nix nor a container engine",
    },
  ],
  async run(args, context) {
    const { output } = context;
    const tiers = chosenTiers(args._);
    if (args._.length === 0) await setUp(context);
    const results: TierResult[] = [];
    for (const tier of tiers) {
      const begin = performance.now();
      output.step(output.bold(`== ${tier.name}: ${tier.description}`));
      const counts = await runTier(tier, context);
      results.push({ tier: tier.name, ...counts, seconds: Math.round((performance.now() - begin) / 1000) });
    }
    const failed = results.some((result) => result.failed > 0);
    output.result({ passed: !failed, tiers: results }, renderResults(results));
    if (failed) process.exitCode = 1;
  },
});

interface TierResult extends Counts {
  readonly tier: Tier["name"];
  readonly seconds: number;
}

/**
 * Whatever the main job needs, and the programs that tests use. The tests run under Docker, also where a Podman answers
 * that would do for the main job.
 */
async function setUp(context: Context): Promise<void> {
  const [{ setUpMachine }, { installMissing }] = await Promise.all([
    import("../steps.ts"),
    import("../../engine/setup.ts"),
  ]);
  await setUpMachine(context, { engine: "docker" });
  await installMissing(TEST_PACKAGES, {
    signal: context.signal,
    onStep: (text) => context.output.step(text),
  });
}

/** Runs a tier, its output going to stderr as it comes. */
async function runTier(tier: Tier, { root, signal }: Context): Promise<Counts> {
  const [{ execa }, { mkdir, readFile, rm }, { join }] = await Promise.all([
    import("execa"),
    import("node:fs/promises"),
    import("node:path"),
  ]);
  const report = join(root, "test-output", "results", `${tier.name}.json`);
  await mkdir(join(report, ".."), { recursive: true });
  await rm(report, { force: true });
  const flags = ["--config", tier.vitest ?? "", ...(tier.coverage ? ["--coverage"] : [])];
  const vitest = ["npx", "vitest", "run", ...flags, "--reporter=default"];
  const [file = "", ...words] = tier.command ?? [...vitest, "--reporter=json", `--outputFile.json=${report}`];
  const { exitCode } = await execa(file, words, {
    cwd: root,
    reject: false,
    // Where another engine is wanted, a test says so itself.
    env: { KASMIX_ENGINE: "" },
    cancelSignal: signal,
    stdin: "ignore",
    stdout: process.stderr,
    stderr: process.stderr,
  });
  signal.throwIfAborted();
  const succeeded = exitCode === 0;
  if (tier.command) return { passed: Number(succeeded), failed: Number(!succeeded), skipped: 0 };
  return readCounts(await readFile(report, "utf8").catch(() => undefined), succeeded);
}

function renderResults(results: readonly TierResult[]): string {
  const lines = results.map(({ tier, failed, seconds, ...counts }) => {
    return `${failed === 0 ? "PASS" : "FAIL"}  ${tier} (${seconds} s): ${renderCounts([{ failed, ...counts }])}`;
  });
  return [...lines, renderCounts(results)].join("\n");
}
