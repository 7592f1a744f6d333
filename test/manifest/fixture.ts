import { parseAllDocuments } from "yaml";
import type { DeploymentOptions } from "../../src/manifest/deployment.ts";
import { type ResolvedWorkspace, resolveWorkspace } from "../../src/model/resolve.ts";
import type { Workspace } from "../../src/model/types.ts";
import { TINY } from "../model/tiny.ts";

/** What the command line has without flags. */
export const OPTIONS: DeploymentOptions = {
  image: "registry.example/kasmix/tiny:1.0",
  storage: "10GiB",
  sidePorts: false,
  vpn: false,
  anyUid: false,
  cilium: false,
  launcherFrom: [],
};

/** Every combination of the flags that are on or off. */
export const COMBINATIONS: readonly DeploymentOptions[] = Array.from({ length: 16 }, (_, bits) => ({
  ...OPTIONS,
  sidePorts: (bits & 1) !== 0,
  vpn: (bits & 2) !== 0,
  anyUid: (bits & 4) !== 0,
  cilium: (bits & 8) !== 0,
}));

/** The smallest workspace, with these fields, and with the defaults. */
export function tiny(fields: Partial<Workspace> = {}): ResolvedWorkspace {
  return resolveWorkspace({ ...TINY, ...fields });
}

/** A workspace with all that shows in manifests: a launcher and another volume. */
export const FULL = tiny({
  name: "full",
  launcher: { app: "browser" },
  volumes: [{ name: "projects", path: "/srv/projects" }],
  resources: { memory: "8GiB", cpus: 4, sharedMemory: "1GiB" },
});

/** An object of Kubernetes, as loosely as tests read it. */
// biome-ignore lint/suspicious/noExplicitAny: tests look into objects whose shape is what they check
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
