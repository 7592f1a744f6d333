import type { TestProject } from "vitest/node";
import { startControlPlane } from "./control-plane.ts";
import { BUILD, missingFiles } from "./programs.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The control plane of all files, or why there is none. */
    cluster: Cluster;
  }
}

export type Cluster = { readonly kubeconfig: string } | { readonly missing: string };

/** Starts the control plane once for all files, where its programs have been built. */
export default async function setUp(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const [first, ...others] = missingFiles();
  if (first !== undefined) {
    const what = others.length === 0 ? first : `${first} and ${others.length} other files`;
    project.provide("cluster", { missing: `no ${what}: build them by ${BUILD}` });
    return undefined;
  }
  const { kubeconfig, stop } = await startControlPlane();
  project.provide("cluster", { kubeconfig });
  return stop;
}
