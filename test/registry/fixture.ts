import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { makeProject } from "../helpers/project.ts";

const ROOT = join(import.meta.dirname, "../..");

export const SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><circle r="9"/></svg>\n';

export const SETTINGS = {
  name: "Test registry",
  description: 'Workspaces of a test, with "quotes" & <signs>',
  icon: "logo.svg",
  listUrl: "https://registry.test/sub/path/",
  contactUrl: "https://registry.test/",
  images: "registry.test/team/{workspace}",
  compatibility: { from: "1.15" },
};

/** The same before somebody has written real addresses. */
export const EXAMPLES = {
  ...SETTINGS,
  listUrl: "https://registry.example/",
  contactUrl: "https://example.org/",
  images: "registry.example/team/{workspace}",
};

/** A project with the workspaces `alpha` and `beta`, deleted after the test; `files` add or replace files. */
export function makeRegistryProject(files: Readonly<Record<string, string>> = {}): string {
  const root = makeProject({
    "registry/registry.json": JSON.stringify(SETTINGS),
    "registry/logo.svg": SVG,
    "workspaces/alpha/workspace.ts": renderWorkspace("alpha", {
      title: "Alpha & Co",
      categories: ["Browser"],
    }),
    "workspaces/alpha/icon.svg": SVG,
    "workspaces/beta/workspace.ts": renderWorkspace("beta", {
      title: "Beta",
      categories: ["Office", "Games"],
    }),
    "workspaces/beta/icon.svg": SVG,
    ...files,
  });
  symlinkSync(join(ROOT, "node_modules"), join(root, "node_modules"));
  return root;
}

/** workspace.ts with further fields. */
export function renderWorkspace(name: string, fields: Readonly<Record<string, unknown>>): string {
  const value = {
    name,
    title: name,
    description: `The workspace ${name}.`,
    base: { distribution: "debian" },
    packages: [],
    resources: { memory: "2GiB", cpus: 1.5 },
    ...fields,
  };
  return `export default ${JSON.stringify(value)};\n`;
}

/** Options of `collect` with both images built. */
export const BUILT = {
  built: async () => ({ size: 1_234_567_890, read: async () => undefined }),
  tags: ["0.1.0", "0.1"],
};

/** A pushed image, as registry/images.json has it. */
export const PUSHED = {
  repository: "registry.test/else/a",
  tags: ["2.0"],
  digest: `sha256:${"0".repeat(64)}`,
  architectures: ["amd64", "arm64"] as const,
  size: 5,
};
