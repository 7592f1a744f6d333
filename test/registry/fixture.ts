import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { makeProject } from "../helpers/project.ts";

const ROOT = join(import.meta.dirname, "../..");

export const SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><circle r="9"/></svg>\n';

export const SETTINGS = {
  name: "Test registry",
  description: 'Workspaces of a test, with "quotes" & <signs>',
  icon: "logo.svg",
  listUrl: "https://registry.example/sub/path/",
  contactUrl: "https://registry.example/",
  images: "registry.example/team/{workspace}",
  compatibility: ["1.15.x", "1.16.x", "1.18.x"],
};

/** A project with the workspaces `alpha` and `beta`, deleted after the test; `files` add or replace files. */
export function makeRegistryProject(files: Readonly<Record<string, string>> = {}): string {
  const root = makeProject({
    "registry/registry.json": JSON.stringify(SETTINGS),
    "registry/logo.svg": SVG,
    "workspaces/alpha/workspace.ts": workspace("alpha", "Alpha & Co", ["Browser"]),
    "workspaces/alpha/icon.svg": SVG,
    "workspaces/beta/workspace.ts": workspace("beta", "Beta", ["Office", "Games"]),
    "workspaces/beta/icon.svg": SVG,
    ...files,
  });
  symlinkSync(join(ROOT, "node_modules"), join(root, "node_modules"));
  return root;
}

function workspace(name: string, title: string, categories: readonly string[]): string {
  const value = {
    name,
    title,
    description: `The workspace ${name}.`,
    categories,
    base: { distribution: "debian" },
    packages: [],
    resources: { memory: "2GiB", cpus: 1.5 },
  };
  return `export default ${JSON.stringify(value)};\n`;
}

/** Options of `collect` with both images built. */
export const BUILT = { builtSize: async () => 1_234_567_890, tags: ["0.1.0", "0.1"] };
