import { isOnNixpkgs, type ResolvedFile, type ResolvedWorkspace } from "../model/resolve.ts";
import type { ResolvedApp } from "../model/runtime.ts";
import {
  apply,
  attrs,
  type Binding,
  binding,
  data,
  type Expression,
  lambda,
  list,
  name,
  path,
  string,
} from "../nix/expression.ts";
import { printExpression } from "../nix/print.ts";
import { fileName } from "../vendor-files/file.ts";
import { imageConfig } from "./image-config.ts";
import { marker } from "./marker.ts";

/**
 * nix/workspaces/<name>.nix: what Nix must know of a workspace. A function of `workspace`, the image builder, that it
 * calls with name, lock, the folder of generated files (laid out as in the image), the image's configuration
 * and all files: a link has `link`, a file of the workspace's own has `source`, one without either is in `tree`.
 * Then the display server where it is not TigerVNC, vendor packages and what comes from nixpkgs, where there are any; without
 * Debian's packages there is no lock.
 */
export function renderWorkspaceNix(workspace: ResolvedWorkspace, files: readonly ResolvedFile[]): string {
  const body = attrs([
    binding("name", string(workspace.name)),
    ...(isOnNixpkgs(workspace) ? [] : [binding("lock", path(`../locks/${workspace.name}.json`))]),
    binding("tree", path(`./${workspace.name}`)),
    binding("files", list(files.map((file) => fileExpression(workspace.name, file)))),
    binding("config", data(imageConfig(workspace))),
    ...displayBindings(workspace),
    ...vendorBindings(workspace),
    ...nixpkgsBindings(workspace),
  ]);
  const builder = lambda({ fields: [{ name: "workspace" }], open: false }, apply(name("workspace"), body));
  return printExpression(builder, [marker(workspace.name)]);
}

function fileExpression(workspace: string, file: ResolvedFile): Expression {
  const at = binding("path", string(file.path));
  if ("link" in file) return attrs([at, binding("link", string(file.link))]);
  const rights = [binding("mode", string(file.mode)), binding("owner", string(file.owner))];
  const source: Binding[] =
    "source" in file ? [binding("source", path(`../../workspaces/${workspace}/${file.source}`))] : [];
  return attrs([at, ...rights, ...source]);
}

function displayBindings({ display }: ResolvedWorkspace): Binding[] {
  return display.server === "tigervnc" ? [] : [binding("displayServer", string(display.server))];
}

function vendorBindings(workspace: ResolvedWorkspace): Binding[] {
  const packages = Object.entries(workspace.vendor).map(([name, { programs, ...rest }]): Binding => {
    const titled = programs.map((path) => ({ path, title: standInTitle(path, name, workspace.apps) }));
    return binding(name, data({ ...rest, file: fileName(name, rest), programs: titled }));
  });
  return packages.length === 0 ? [] : [binding("vendor", attrs(packages))];
}

function nixpkgsBindings({ nixpkgs }: ResolvedWorkspace): Binding[] {
  if (nixpkgs === undefined) return [];
  const { packages, unfree, programs } = nixpkgs;
  return [
    binding("nixpkgs", data({ packages, unfree, programs: programs.map((program) => ({ ...program })) })),
  ];
}

/**
 * Title of the window that stands in for a program: what its apps are called, and what they wait for in a title, so
 * that they become ready.
 */
function standInTitle(program: string, name: string, apps: readonly ResolvedApp[]): string {
  const words = apps
    .filter(({ command }) => command.includes(program))
    .flatMap(({ title, ready }) =>
      ready !== undefined && "window" in ready ? [title, ready.window] : [title],
    )
    .reduce<string>(
      (all, word) => (all.toLowerCase().includes(word.toLowerCase()) ? all : `${all} ${word}`),
      "",
    );
  return words.trim() || name;
}
