import { defineConfig } from "vitest/config";

/**
 * Containers of the real image in which something is wrong. Each fault has a container of its own and waits for what the
 * supervisor does, so that several files run at a time, and within a file the tests that need nothing of each other.
 */
export default defineConfig({
  test: {
    include: ["test/e2e/faults/*.test.ts"],
    globalSetup: ["test/e2e/global-setup.ts"],
    pool: "forks",
    isolate: false,
    maxWorkers: 2,
    maxConcurrency: 3,
    testTimeout: 180_000,
    // What passes only then is named at the end of the run.
    retry: 1,
    hookTimeout: 300_000,
    teardownTimeout: 60_000,
  },
});
