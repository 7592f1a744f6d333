import { defineConfig } from "vitest/config";

/** Unit and property tests: no network, no Nix, no container engine. The other tiers have their own project. */
export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/e2e/**", "test/nix/build/**", "test/bench/**"],
    testTimeout: 20_000,
  },
});
