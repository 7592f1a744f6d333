import { defineConfig } from "vitest/config";

/** The client in a real browser. One file at a time: a browser that waits for another's sake loses keys and sound. */
export default defineConfig({
  test: {
    root: new URL("..", import.meta.url).pathname,
    include: ["test/client/**/*.browser.ts"],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    fileParallelism: false,
    // As the end-to-end tests, for the same reason.
    retry: 1,
  },
});
