import { isOnNixpkgs, KASMVNC, type ResolvedFile, type ResolvedWorkspace } from "../model/resolve.ts";
import type { ResolvedApp } from "../model/runtime.ts";
import { type NixAttributes, NixPath, printNix } from "../nix/print.ts";
import { fileName } from "../vendor-files/file.ts";
import { marker } from "./marker.ts";

/**
 * nix/workspaces/<name>.nix: how this workspace's image differs from the others, as nix/workspace.nix takes it. A file
 * of the workspace's own has `source`, a link has `link`; the content of all others is in the folder `tree`, laid out as
 * in the image.
 */
export function renderWorkspaceNix(workspace: ResolvedWorkspace, files: readonly ResolvedFile[]): string {
  const { name, title, description, icon, privileged, languages, volumes, display } = workspace;
  const image: NixAttributes = {
    name,
    title,
    description,
    icon: new NixPath(`../../workspaces/${name}/${icon}`),
    lock: isOnNixpkgs(workspace) ? undefined : new NixPath(`../locks/${name}.json`),
    privileged: unlessEmpty(privileged),
    languages: unlessEmpty(languages),
    tree: new NixPath(`./${name}`),
    files: files.map((file) => fileAttributes(name, file)),
    environment: environment(workspace),
    volumes: unlessEmpty(volumes.map(({ path }) => path)),
    displayServer: displayServer(display),
    vendor: vendorAttributes(workspace),
    nixpkgs: nixpkgsAttributes(workspace),
  };
  return printNix(image, marker(name));
}

/** Mode and owner only where they are not those that nix/lib/files.nix takes by itself. */
function fileAttributes(workspace: string, file: ResolvedFile): NixAttributes {
  if ("link" in file) return { path: file.path, link: file.link };
  return {
    path: file.path,
    mode: file.mode === "0644" ? undefined : file.mode,
    owner: file.owner === "root" ? undefined : file.owner,
    source: "source" in file ? new NixPath(`../../workspaces/${workspace}/${file.source}`) : undefined,
  };
}

/** What display and desktop are set to, the limits of a session, and the workspace's own variables. */
function environment({ display, desktop, session = {}, environment }: ResolvedWorkspace): NixAttributes {
  const variables = {
    ...(desktop.theme === "auto" ? {} : { KASMIX_THEME: desktop.theme }),
    ...(session.idle && { KASMIX_IDLE_LIMIT: session.idle }),
    ...(session.longest && { KASMIX_SESSION_LIMIT: session.longest }),
    ...(session.end && { KASMIX_SESSION_END: session.end }),
    MAX_FRAME_RATE: String(display.frameRate),
    VNC_RESOLUTION: display.resolution,
    ...environment,
  };
  return Object.fromEntries(Object.entries(variables).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function displayServer({ server, from }: ResolvedWorkspace["display"]): string | undefined {
  if (server === "tigervnc") return undefined;
  return from === "release" ? "kasmvnc-release" : server;
}

/** KasmVNC's release is added by nix/workspace.nix, for every workspace alike. */
function vendorAttributes({ vendor, apps }: ResolvedWorkspace): NixAttributes | undefined {
  const own = Object.entries(vendor).filter(([name]) => name !== KASMVNC);
  const packages = own.map(([name, { programs, ...rest }]) => {
    const titled = programs.map((path) => ({ path, title: standInTitle(path, name, apps) }));
    return [name, { ...rest, file: fileName(name, rest), programs: titled }] as const;
  });
  return packages.length === 0 ? undefined : Object.fromEntries(packages);
}

function nixpkgsAttributes({ nixpkgs }: ResolvedWorkspace): NixAttributes | undefined {
  if (nixpkgs === undefined) return undefined;
  const { packages, unfree, programs } = nixpkgs;
  return {
    packages,
    unfree: unlessEmpty(unfree),
    programs: Object.keys(programs).length === 0 ? undefined : programs,
  };
}

function unlessEmpty<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length === 0 ? undefined : list;
}

/**
 * Title of the window that stands in for a program: the titles of its apps, and the words that they wait for in a
 * title, so that they become ready.
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
