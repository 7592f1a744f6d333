import { defineConfig } from "vitest/config";

/** Unit and property tests, with real processes, servers and browsers, but without network, Nix or an engine. */
export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/e2e/**", "test/nix/build/**", "test/debian/machine/**"],
    testTimeout: 60_000,
  },
});
