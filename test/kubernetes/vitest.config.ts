import { defineConfig } from "vitest/config";

/**
 * What Kasmix writes for clusters, on a real control plane of Kubernetes, which all files share. Each test has a
 * namespace of its own.
 */
export default defineConfig({
  test: {
    root: new URL("../..", import.meta.url).pathname,
    include: ["test/kubernetes/*.test.ts"],
    globalSetup: ["test/kubernetes/global-setup.ts"],
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // What passes only then is named at the end of the run.
    retry: 1,
  },
});
