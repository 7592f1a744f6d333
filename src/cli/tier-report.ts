import { relative } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { renderTable } from "../terminal/table.ts";

/** Tests by how they ended. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** What a tier's report says. */
export interface TierReport extends Counts {
  /** Each failure, in a line: its file, its test, and what was wrong. The tier printed it in full. */
  readonly failures: readonly string[];
  /** The files that took longest, with their hooks. */
  readonly slowest: readonly { readonly file: string; readonly seconds: number }[];
  /** Tests that passed at the second try only. */
  readonly retried: readonly string[];
  /** Why tests were skipped, with the number of tests. */
  readonly reasons: readonly { readonly reason: string; readonly tests: number }[];
}

/** The result of one tier. */
export interface TierResult extends TierReport {
  readonly tier: string;
  readonly seconds: number;
}

/** A file in a report of Vitest. Its own message says why it could not run. */
interface FileResult {
  readonly name: string;
  readonly status: string;
  readonly message: string;
  readonly assertionResults: readonly {
    readonly status: string;
    readonly fullName: string;
    readonly failureMessages?: readonly string[] | null;
  }[];
}

/** What test/tier-reporter.ts writes: the report of Vitest's own JSON reporter, and what that leaves out. */
export interface VitestReport {
  readonly testResults: readonly FileResult[];
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly files: readonly { readonly name: string; readonly milliseconds: number }[];
  readonly skips: readonly string[];
  readonly retried: readonly string[];
  /** Errors that no test caught, as texts. */
  readonly errors: readonly string[];
}

const SLOWEST = 10;
/** The longest line of a failure, in characters. */
const FAILURE_LENGTH = 300;

/**
 * Reads the report of a tier of Vitest, its files relative to `root`. A run that ended without a report, or that failed
 * outside of a test, counts as one failure.
 */
export function readReport(text: string | undefined, succeeded: boolean, root: string): TierReport {
  if (text === undefined)
    return {
      passed: 0,
      failed: 1,
      skipped: 0,
      failures: ["no report"],
      retried: [],
      slowest: [],
      reasons: [],
    };
  const report: VitestReport = JSON.parse(text);
  const { numFailedTests, numPassedTests, numPendingTests, numTodoTests } = report;
  const { files, skips, retried, errors } = report;
  return {
    passed: numPassedTests,
    failed: succeeded ? numFailedTests : Math.max(1, numFailedTests),
    failures: [
      ...report.testResults.flatMap((result) => readFailures(result, root)),
      ...new Set(errors.map((error) => renderFailure("outside of a test", error))),
    ],
    retried,
    skipped: numPendingTests + numTodoTests,
    slowest: files
      .toSorted((a, b) => b.milliseconds - a.milliseconds)
      .slice(0, SLOWEST)
      .map(({ name, milliseconds }) => ({
        file: relative(root, name),
        seconds: Math.round(milliseconds / 100) / 10,
      })),
    reasons: [...new Set(skips)].map((reason) => ({
      reason,
      tests: skips.filter((other) => other === reason).length,
    })),
  };
}

function readFailures({ name, status, message, assertionResults }: FileResult, root: string): string[] {
  const file = relative(root, name);
  const failed = assertionResults.filter((result) => result.status === "failed");
  if (failed.length === 0) return status === "failed" ? [renderFailure(file, message)] : [];
  return failed.map(({ fullName, failureMessages }) =>
    renderFailure(`${file}: ${fullName}`, failureMessages?.[0] ?? ""),
  );
}

function renderFailure(place: string, message: string): string {
  const [first = ""] = stripVTControlCharacters(message).split("\n");
  return `${place}: ${first}`.slice(0, FAILURE_LENGTH);
}

/**
 * The slowest files and the skipped tests of every tier, then what passed at the second try only, the failures, the
 * total, a line for each tier, and the counts.
 */
export function renderResults(results: readonly TierResult[], seconds: number): string {
  const blocks = results.flatMap(({ tier, slowest, reasons }) => [
    ...(slowest.length === 0 ? [] : [`Slowest files of ${tier}:\n${renderSlowest(slowest)}`]),
    ...(reasons.length === 0 ? [] : [`Skipped in ${tier}:\n${renderReasons(reasons)}`]),
  ]);
  const lines = results.map((result) => {
    const { tier, failed, seconds } = result;
    return `${failed === 0 ? "PASS" : "FAIL"}  ${tier} (${seconds} s): ${renderCounts([result])}`;
  });
  const list = (title: string, of: (result: TierResult) => readonly string[]) => {
    const lines = results.flatMap((result) => of(result).map((line) => `  ${result.tier}: ${line}`));
    if (lines.length > 0) blocks.push([title, ...lines].join("\n"));
  };
  list("Passed at the second try:", ({ retried }) => retried);
  list("Failed:", ({ failures }) => failures);
  const total = `Total: ${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return [...blocks, [total, ...lines, renderCounts(results)].join("\n")].join("\n\n");
}

function renderSlowest(slowest: TierReport["slowest"]): string {
  const width = Math.max(...slowest.map(({ seconds }) => seconds.toFixed(1).length));
  return renderTable(
    slowest.map(({ file, seconds }) => ["", `${seconds.toFixed(1).padStart(width)} s`, file]),
  );
}

function renderReasons(reasons: TierReport["reasons"]): string {
  return reasons.map(({ reason, tests }) => `  ${reason}${tests > 1 ? ` (${tests} tests)` : ""}`).join("\n");
}

function renderCounts(all: readonly Counts[]): string {
  const sum = (key: keyof Counts) => all.reduce((total, counts) => total + counts[key], 0);
  return `${sum("passed")} passed, ${sum("failed")} failed, ${sum("skipped")} skipped`;
}
