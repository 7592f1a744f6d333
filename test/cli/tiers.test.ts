import { existsSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runTiers } from "../../src/cli/run-tiers.ts";
import { readReport, renderResults } from "../../src/cli/tier-report.ts";
import { chosenTiers, scheduleTiers, TIERS, type Tier } from "../../src/cli/tiers.ts";
import { eventually } from "../helpers/eventually.ts";
import { makeProject } from "../helpers/project.ts";

const ROOT = join(import.meta.dirname, "../..");

const report = (passed: number, failed: number, skips: readonly string[] = [], broken: string[] = []) =>
  JSON.stringify({
    ...{ numPassedTests: passed, numFailedTests: failed, numPendingTests: skips.length, numTodoTests: 0 },
    files: [...Array(12).keys()].map((index) => ({
      name: `/root/test/${index}.test.ts`,
      milliseconds: 1000 * index,
    })),
    skips,
    retried: failed > 0 ? ["test/4.test.ts: slow"] : [],
    errors: [],
    testResults: [
      {
        ...{ name: "/root/test/3.test.ts", status: failed > 0 ? "failed" : "passed", message: "" },
        assertionResults: [...Array(failed).keys()].map((index) => ({
          ...{ status: "failed", fullName: `case ${index}` },
          failureMessages: ["AssertionError: expected 1 to be 2\n    at there"],
        })),
      },
      ...broken.map((message) => ({
        ...{ name: "/root/test/broken.test.ts", status: "failed", message, assertionResults: [] },
      })),
    ],
  });

test("the results end with the ten slowest files, why tests were skipped, what failed, the total, and the counts", () => {
  const unit = readReport(report(10, 1, ["no xterm", "no xterm"]), false, "/root");
  const e2e = { ...readReport(report(5, 0, [], ["no module\nmore"]), false, "/root"), slowest: [] };
  const text = renderResults(
    [
      { tier: "unit", seconds: 70, ...unit },
      { tier: "e2e", seconds: 100, ...e2e },
    ],
    125,
  );
  expect(text.split("\n").map((line) => line.trimEnd())).toEqual([
    "Slowest files of unit:",
    "  11.0 s  test/11.test.ts",
    "  10.0 s  test/10.test.ts",
    ...[9, 8, 7, 6, 5, 4, 3, 2].map((index) => `   ${index}.0 s  test/${index}.test.ts`),
    "",
    "Skipped in unit:",
    "  no xterm (2 tests)",
    "",
    "Passed at the second try:",
    "  unit: test/4.test.ts: slow",
    "",
    "Failed:",
    "  unit: test/3.test.ts: case 0: AssertionError: expected 1 to be 2",
    "  e2e: test/broken.test.ts: no module",
    "",
    "Total: 2 min 5 s",
    "FAIL  unit (70 s): 10 passed, 1 failed, 2 skipped",
    "FAIL  e2e (100 s): 5 passed, 1 failed, 0 skipped",
    "15 passed, 2 failed, 2 skipped",
  ]);
});

test("a run that broke off, or failed outside of its tests, is a failure", () => {
  expect(readReport(undefined, true, "/root")).toMatchObject({ passed: 0, failed: 1, skipped: 0 });
  expect(readReport(report(10, 0), false, "/root")).toMatchObject({ passed: 10, failed: 1, skipped: 0 });
});

test("an error that no test caught is a failure, and the results say which", async () => {
  const root = makeProject({
    "vitest.config.ts": 'export default { test: { include: ["loose.test.ts"] } };',
    "loose.test.ts": `
      import { test } from "vitest";
      test("passes", () => void Promise.reject(new Error("nobody caught it")));
    `,
  });
  mkdirSync(join(root, "test"));
  for (const path of ["node_modules", "test/tier-reporter.ts"])
    symlinkSync(join(ROOT, path), join(root, path));
  const tiers = [{ name: "own", description: "", vitest: "vitest.config.ts" }];
  const results = await runTiers(tiers, { root, signal: new AbortController().signal, onLine: () => {} });
  const failures = ["outside of a test: nobody caught it"];
  expect(results).toMatchObject([{ passed: 1, failed: 1, failures }]);
});

test("tiers run in the table's order, and an unknown one is refused with a near miss", () => {
  expect(chosenTiers([])).toEqual(TIERS);
  expect(chosenTiers(["e2e", "types"]).map(({ name }) => name)).toEqual(["types", "e2e"]);
  expect(() => chosenTiers(["unti"])).toThrow(
    expect.objectContaining({ code: "E_USAGE", fix: "Did you mean unit?" }),
  );
});

test("every tier of Vitest has its configuration", () => {
  const files = TIERS.flatMap(({ vitest }) => vitest ?? []);
  expect(files.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
});

test("every tier is in exactly one lane, the quick ones before all others", () => {
  const [first = [], lanes = []] = scheduleTiers(TIERS);
  expect(first.flat().map(({ name }) => name)).toEqual(["types", "lint"]);
  expect([...first, ...lanes].flat()).toHaveLength(TIERS.length);
});

// They failed beside each other, for want of the processor.
test("what plays sound and video runs one after another, and all else gives way to it", () => {
  const [, lanes = []] = scheduleTiers(TIERS);
  expect(lanes.map((lane) => lane.map(({ name }) => name))).toEqual([
    ["client", "e2e", "faults"],
    ["unit", "machine", "nix", "kubernetes"],
  ]);
});

/** A tier that runs this script of sh. */
const scripted = (name: string, script: string, lane?: Tier["lane"]): Tier => ({
  ...{ name, description: "", command: ["sh", "-c", script] },
  ...(lane === undefined ? {} : { lane }),
});

test("lanes run beside each other, and a tier that fails stops no other", async () => {
  const root = makeProject({});
  const lines: string[] = [];
  // Each waits for what the other does.
  const tiers = [
    scripted("pipes", "mkfifo one.pipe two.pipe"),
    scripted("check", "exit 3"),
    scripted("one", "echo from one >two.pipe; cat one.pipe", "screens"),
    scripted("two", "cat two.pipe; echo from two >one.pipe", "builds"),
    scripted("three", "echo the last >&2", "screens"),
  ];
  const results = await runTiers(tiers, {
    ...{ root, signal: new AbortController().signal },
    onLine: (tier, line) => lines.push(`${tier}: ${line}`),
  });
  expect(results.map(({ tier, failed }) => [tier, failed])).toEqual([
    ["pipes", 0],
    ["check", 1],
    ["one", 0],
    ["two", 0],
    ["three", 0],
  ]);
  expect(lines).toEqual(expect.arrayContaining(["one: from two", "two: from one", "three: the last"]));
});

test("the tests are told to take every workspace", async () => {
  const lines: string[] = [];
  const options = { root: makeProject({}), signal: new AbortController().signal };
  const tiers = [scripted("e2e", "echo workspaces: $KASMIX_TEST_WORKSPACES")];
  await runTiers(tiers, { ...options, onLine: (_, line) => lines.push(line), allWorkspaces: true });
  expect(lines).toContain("workspaces: all");
});

test("an interruption ends the tiers of every lane", async () => {
  const root = makeProject({});
  const controller = new AbortController();
  const pids: number[] = [];
  const running = runTiers(
    (["screens", "builds"] as const).map((lane) => scripted(lane, "echo $$; exec sleep 1000", lane)),
    {
      ...{ root, signal: controller.signal },
      onLine: (_, line) => /^\d+$/.test(line) && pids.push(Number(line)),
    },
  );
  await eventually(() => expect(pids).toHaveLength(2));
  controller.abort();
  await expect(running).rejects.toThrow();
  for (const pid of pids) await eventually(() => expect(() => process.kill(pid, 0)).toThrow("ESRCH"));
});
