import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { $ } from "zx";
import { readReport, type TierReport, type TierResult } from "./tier-report.ts";
import { scheduleTiers, type Tier } from "./tiers.ts";

export interface RunTiersOptions {
  /** The checkout's root. */
  readonly root: string;
  /** Ends every tier. */
  readonly signal: AbortSignal;
  /** Takes each line that a tier prints. */
  readonly onLine: (tier: string, line: string) => void;
  /** Only tests of files changed since this commit; "" for changes that are not committed. @default every test */
  readonly changedSince?: string | undefined;
  /** Whether e2e builds and starts every workspace. @default those of the day */
  readonly allWorkspaces?: boolean;
}

/** Runs tiers by their lanes and gives their results in the table's order. A tier that fails does not stop the others. */
export async function runTiers(
  tiers: readonly Tier[],
  options: RunTiersOptions,
): Promise<readonly TierResult[]> {
  const results = new Map<Tier, TierResult>();
  const runLane = async (lane: readonly Tier[]) => {
    for (const tier of lane) results.set(tier, await runTier(tier, options));
  };
  for (const stage of scheduleTiers(tiers)) await Promise.all(stage.map(runLane));
  return tiers.flatMap((tier) => results.get(tier) ?? []);
}

async function runTier(tier: Tier, options: RunTiersOptions): Promise<TierResult> {
  const begin = performance.now();
  options.onLine(tier.name, tier.description);
  const report = tier.vitest === undefined ? await runCommand(tier, options) : await runVitest(tier, options);
  return { tier: tier.name, ...report, seconds: Math.round((performance.now() - begin) / 1000) };
}

async function runCommand(tier: Tier, options: RunTiersOptions): Promise<TierReport> {
  const succeeded = await runWords(tier, tier.command ?? [], options);
  const failures = succeeded ? [] : [`${tier.command?.join(" ")} failed`];
  return {
    passed: Number(succeeded),
    failed: Number(!succeeded),
    ...{ skipped: 0, failures, retried: [], slowest: [], reasons: [] },
  };
}

async function runVitest(tier: Tier, options: RunTiersOptions): Promise<TierReport> {
  const { root, changedSince } = options;
  const file = join(root, "test-output", "results", `${tier.name}.json`);
  await mkdir(join(file, ".."), { recursive: true });
  await rm(file, { force: true });
  const words = [
    ...["node", join(root, "node_modules/vitest/vitest.mjs"), "run", "--config", tier.vitest ?? ""],
    ...["--reporter=default", "--reporter=./test/tier-reporter.ts", `--outputFile.json=${file}`],
    ...(changedSince === undefined ? (tier.coverage ? ["--coverage"] : []) : changedFlags(changedSince)),
  ];
  const succeeded = await runWords(tier, words, options);
  const text = await readFile(file, "utf8").catch(() => undefined);
  return readReport(text, succeeded, root);
}

function changedFlags(since: string): readonly string[] {
  return [since === "" ? "--changed" : `--changed=${since}`, "--passWithNoTests"];
}

/** Runs a command, line by line, and gives whether it succeeded. Throws when it was aborted. */
async function runWords(tier: Tier, words: readonly string[], options: RunTiersOptions): Promise<boolean> {
  const { root, signal, onLine, allWorkspaces = false } = options;
  signal.throwIfAborted();
  const env = {
    ...process.env,
    // A test that needs another engine sets it itself.
    KASMIX_ENGINE: "",
    ...(allWorkspaces ? { KASMIX_TEST_WORKSPACES: "all" } : {}),
  };
  const shell = $({ cwd: root, env, signal, nothrow: true, quiet: true, stdio: ["ignore", "pipe", "pipe"] });
  const line = tier.lane === "builds" ? ["nice", "-n", "5", ...words] : words;
  // Without `exec` the signal would end the shell alone.
  const child = shell`exec ${line} 2>&1`;
  for await (const text of child) onLine(tier.name, text);
  const { exitCode } = await child;
  signal.throwIfAborted();
  return exitCode === 0;
}
