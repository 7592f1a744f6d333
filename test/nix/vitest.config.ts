import { defineConfig } from "vitest/config";

/** What Nix builds, in its sandbox. Most builds use one core, so two files run at a time. */
export default defineConfig({
  test: {
    include: ["test/nix/build/*.test.ts"],
    globalSetup: ["test/nix/global-setup.ts"],
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 900_000,
    hookTimeout: 900_000,
    // What passes only then is named at the end of the run.
    retry: 1,
  },
});
