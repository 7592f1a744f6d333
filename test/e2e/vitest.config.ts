import { defineConfig } from "vitest/config";

/**
 * The real image, a real container engine and a real browser. Tests mostly wait for their containers, so two
 * files run at a time. Files of one worker share a browser and a container (test/helpers/shared.ts), so workers keep
 * their modules.
 */
export default defineConfig({
  test: {
    include: ["test/e2e/*.test.ts"],
    globalSetup: ["test/e2e/global-setup.ts"],
    pool: "forks",
    isolate: false,
    maxWorkers: 2,
    testTimeout: 180_000,
    // What passes only then is named at the end of the run.
    retry: 1,
    hookTimeout: 300_000,
    teardownTimeout: 60_000,
  },
});
