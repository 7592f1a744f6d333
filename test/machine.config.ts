import { defineConfig } from "vitest/config";

/**
 * Tests with this machine's real apt, mirrors, Nix store and container engine. They create and remove their own packages
 * and images: two files run at a time.
 */
export default defineConfig({
  test: {
    root: new URL("..", import.meta.url).pathname,
    include: ["test/{builder,engine,oci,wheels}/**/*.engine.ts", "test/debian/machine/*.test.ts"],
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // What passes only then is named at the end of the run.
    retry: 1,
  },
});
