import { defineConfig } from "vitest/config";

/** Nix builds: one test after the other, since each keeps all cores busy. */
export default defineConfig({
  test: {
    include: ["test/nix/build/*.test.ts"],
    fileParallelism: false,
    testTimeout: 900_000,
    hookTimeout: 900_000,
  },
});
