import { KasmixError } from "../../model/error.ts";
import type { Context } from "../command.ts";
import { defineCommand } from "../command.ts";
import { renderResults } from "../tier-report.ts";
import { chosenTiers, QUICK_TIERS, TEST_PACKAGES, TIERS, type Tier } from "../tiers.ts";

export const test = defineCommand({
  args: {
    tier: {
      type: "positional",
      required: false,
      description: `Any of: ${TIERS.map(({ name }) => name).join(", ")}`,
    },
    changed: {
      type: "boolean",
      description: `Only tests of files that changed since the last commit; of ${QUICK_TIERS.join(", ")} unless tiers are named`,
    },
    "all-workspaces": {
      type: "boolean",
      description: "Build, start and look at every workspace, not only at those of the day",
    },
    since: { type: "string", valueHint: "REF", description: "With --changed: since another commit" },
  },
  many: true,
  examples: [
    { command: "./kasmix test", explanation: "everything; installs what the tests need on Debian, as root" },
    { command: "./kasmix test --changed", explanation: "while you write: the tests of what you changed" },
    {
      command: "./kasmix test e2e --all-workspaces",
      explanation: "e2e, with every workspace instead of the four of the day",
    },
    {
      command: "./kasmix test types lint unit",
      explanation: "everything that needs neither Nix nor a container engine",
    },
  ],
  async run(args, context) {
    const { output, root, signal } = context;
    const { changed, since } = args;
    if (since !== undefined && !changed) throw new KasmixError("E_USAGE", "--since is for --changed.");
    const tiers = chosenTiers(args._.length === 0 && changed ? QUICK_TIERS : args._);
    if (args._.length === 0 && !changed) await setUp(context);
    const begin = performance.now();
    const { runTiers } = await import("../run-tiers.ts");
    const prefix = prefixes(tiers);
    const results = await runTiers(tiers, {
      ...{ root, signal },
      onLine: (tier, line) => output.step(`${output.bold(prefix(tier))} ${line}`),
      changedSince: changed ? (since ?? "") : undefined,
      allWorkspaces: args["all-workspaces"] === true,
    });
    const seconds = Math.round((performance.now() - begin) / 1000);
    const passed = results.every(({ failed }) => failed === 0);
    output.result({ passed, seconds, tiers: results }, renderResults(results, seconds));
    if (!passed) context.exitWith(1);
  },
});

/**
 * Everything that `up` needs, and the programs that tests use. The tests run under Docker, also where a Podman answers
 * that would do for `up`.
 */
async function setUp(context: Context): Promise<void> {
  const [{ setUpMachine }, { installMissing }] = await Promise.all([
    import("../steps.ts"),
    import("../../engine/setup.ts"),
  ]);
  await setUpMachine(context, { engine: "docker", nix: true });
  await installMissing(TEST_PACKAGES, {
    signal: context.signal,
    onStep: (text) => context.output.step(text),
  });
}

/** Gives what stands before the lines of each tier: several print at the same time. */
function prefixes(tiers: readonly Tier[]): (tier: string) => string {
  const width = Math.max(...tiers.map(({ name }) => name.length));
  return (tier) => `${tier.padEnd(width)} |`;
}
