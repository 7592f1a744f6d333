import { defineConfig } from "vitest/config";

/** Unit and property tests, with real processes, servers and browsers, but without network, Nix or an engine. */
export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/e2e/**", "test/nix/build/**", "test/debian/machine/**"],
    // So long only a test that hangs takes; hooks start what tests need, browsers and bundles among it.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // With --coverage, as `./kasmix test` runs it: the supervisor's policy is pure, so nothing in it may be untried.
    coverage: {
      include: ["draft", "exited", "needs", "orders", "policy", "step", "stop"].map(
        (name) => `src/runtime/supervisor/${name}.ts`,
      ),
      experimentalAstAwareRemapping: true,
      reporter: ["text"],
      reportsDirectory: "test-output/coverage",
      thresholds: { 100: true },
    },
  },
});
