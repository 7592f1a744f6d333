import { defineConfig } from "vitest/config";

/**
 * Tests with this machine's real apt, mirrors, Nix store and container engine. They make and remove their own
 * packages and images.
 */
export default defineConfig({
  test: {
    root: new URL("..", import.meta.url).pathname,
    include: ["test/{engine,oci}/**/*.engine.ts", "test/debian/machine/*.test.ts"],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    fileParallelism: false,
  },
});
