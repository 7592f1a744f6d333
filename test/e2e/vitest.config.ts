import { defineConfig } from "vitest/config";

/**
 * The real image, a real container engine and a real browser. One file at a time: two desktops at once would be slow
 * enough to hide or to feign faults.
 */
export default defineConfig({
  test: {
    include: ["test/e2e/**/*.test.ts"],
    globalSetup: ["test/e2e/global-setup.ts"],
    fileParallelism: false,
    // Sound, video and keys of a whole desktop on a small machine: what fails once is tried once more, and told as such.
    retry: 1,
    testTimeout: 180_000,
    hookTimeout: 300_000,
    teardownTimeout: 60_000,
  },
});
