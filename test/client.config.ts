import { defineConfig } from "vitest/config";

/** The client in a real browser: each file has a browser and a desktop of its own. Workers keep their modules. */
export default defineConfig({
  test: {
    root: new URL("..", import.meta.url).pathname,
    include: ["test/client/**/*.browser.ts"],
    testTimeout: 120_000,
    // What passes only then is named at the end of the run.
    retry: 1,
    hookTimeout: 120_000,
    pool: "forks",
    isolate: false,
    maxWorkers: 2,
  },
});
