import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { defineConfig } from "vitest/config";

const include = ["test/**/*.test.ts"];
const exclude = ["test/e2e/**", "test/nix/build/**", "test/debian/machine/**", "test/kubernetes/**"];
/** Files that replace modules for all who import them: each needs modules of its own. */
const mocking = readdirSync(join(import.meta.dirname, "test"), { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".test.ts"))
  .map((path) => `test/${path}`)
  .filter((path) => readFileSync(join(import.meta.dirname, path), "utf8").includes("vi.mock("));

/** Unit and property tests, with real processes, servers and browsers, but without network, Nix or an engine. */
export default defineConfig({
  test: {
    pool: "forks",
    // A process takes one file after another, and loads their modules only once.
    isolate: false,
    // The tests wait more than they compute: three at a time keep two cores busy beside the other tiers.
    maxWorkers: 3,
    // Only a test that hangs takes this long; hooks start what tests need, such as browsers and bundles.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // What passes only then is named at the end of the run.
    retry: 1,
    // The list of failures shows one line of each: the default leaves out the values that differ.
    chaiConfig: { truncateThreshold: 200 },
    projects: [
      { extends: true, test: { name: "unit", include, exclude: [...exclude, ...mocking] } },
      { extends: true, test: { name: "mocks", include: mocking, exclude, pool: "threads", isolate: true } },
    ],
    // With --coverage, as `./kasmix test` runs it: the supervisor's policy is pure, so tests reach all of it.
    coverage: {
      include: ["draft", "exited", "needs", "orders", "restart-policy", "step", "stop"].map(
        (name) => `src/runtime/supervisor/${name}.ts`,
      ),
      reporter: ["text"],
      reportsDirectory: "test-output/coverage",
      thresholds: { 100: true },
    },
  },
});
