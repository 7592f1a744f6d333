import { parseAllDocuments } from "yaml";
import type { DeploymentOptions } from "../../src/manifest/deployment.ts";
import { type ResolvedWorkspace, resolveWorkspace } from "../../src/model/resolve.ts";
import type { Workspace } from "../../src/model/types.ts";
import { TINY } from "../model/tiny.ts";

/** The options without any flag. */
export const OPTIONS: DeploymentOptions = {
  image: "registry.example/kasmix/tiny:1.0",
  storage: "10GiB",
  sidePorts: false,
  vpn: false,
  anyUid: false,
  cilium: false,
  launcherFrom: [],
};

/** Every combination of the boolean flags. A GPU comes with the side ports: neither touches what the other does. */
export const COMBINATIONS: readonly DeploymentOptions[] = Array.from({ length: 16 }, (_, bits) => ({
  ...OPTIONS,
  sidePorts: (bits & 1) !== 0,
  vpn: (bits & 2) !== 0,
  anyUid: (bits & 4) !== 0,
  cilium: (bits & 8) !== 0,
  gpu: (bits & 1) !== 0 ? "nvidia.com/gpu" : undefined,
}));

/** The smallest workspace with some fields, resolved. */
export function tiny(fields: Partial<Workspace> = {}): ResolvedWorkspace {
  return resolveWorkspace({ ...TINY, ...fields });
}

/** A workspace with everything that manifests show: a launcher and another volume. */
export const FULL = tiny({
  name: "full",
  launcher: { app: "browser" },
  volumes: [{ name: "projects", path: "/srv/projects" }],
  resources: { memory: "8GiB", cpus: 4, sharedMemory: "1GiB" },
});

/** An object of Kubernetes, loosely typed for tests. */
// biome-ignore lint/suspicious/noExplicitAny: tests check the shape of these objects
export type Loose = any;

/** The documents of a YAML file, read as Kubernetes and Helm read them. */
export function documents(text: string): Loose[] {
  return parseAllDocuments(text, { version: "1.1" })
    .map((document) => document.toJSON())
    .filter((value) => value !== null);
}

/** The documents by their kinds. */
export function byKind(text: string): Readonly<Record<string, Loose>> {
  return Object.fromEntries(documents(text).map((value) => [value.kind, value]));
}
