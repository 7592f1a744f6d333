import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { KasmixError } from "../model/error.ts";
import type { ResolvedFile, ResolvedWorkspace } from "../model/resolve.ts";
import { toRuntimeConfig } from "../model/resolve.ts";
import { renderDesktopEntry } from "./desktop-entry.ts";
import { renderIconPositions } from "./icon-positions.ts";
import { renderJson } from "./json.ts";

/** Files that every image has, laid out as in the image; nix/common/files.nix puts them there. */
const COMMON = join(import.meta.dirname, "../../nix/common");

/**
 * All files of the image that differ from workspace to workspace and come from no package, sorted by path. A file of
 * the workspace replaces a generated one of the same path.
 * @throws KasmixError E_MODEL if a file of the workspace has the path of a folder that Kasmix needs
 */
export function imageFiles(workspace: ResolvedWorkspace): ResolvedFile[] {
  const generated = generatedFiles(workspace);
  refuseFolderClashes(workspace, generated);
  const byPath = new Map([...generated, ...workspace.files].map((file) => [file.path, file]));
  return [...byPath.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

function generatedFiles(workspace: ResolvedWorkspace): ResolvedFile[] {
  const { name, apps } = workspace;
  const icons = apps.filter((app) => app.desktopIcon);
  const autostart = apps.filter((app) => app.autostart).map((app) => app.name);
  return [
    generated("/opt/kasmix/workspace.json", renderJson(toRuntimeConfig(workspace))),
    // For the scripts of /dockerstartup: the names on one line, or an empty file.
    generated("/opt/kasmix/autostart", autostart.length === 0 ? "" : `${autostart.join(" ")}\n`),
    ...lookFiles(workspace),
    ...(icons.length === 0 ? [] : [ofUser(generated(ICON_POSITIONS, renderIconPositions(icons, name)))]),
    ...icons.map((app) =>
      ofUser(generated(`${PROFILE}/Desktop/${app.name}.desktop`, renderDesktopEntry(app, name), "0755")),
    ),
  ];
}

/** What `desktop` makes of the files of every image. The theme is a variable: workspace-nix.ts. */
function lookFiles({ desktop: { panel, wallpaper } }: ResolvedWorkspace): ResolvedFile[] {
  const edge = { path: `${XFCONF}/xfce4-panel.xml`, from: BOTTOM, to: TOP };
  const client = { path: `${XFCONF}/xfce4-session.xml`, from: PANEL_CLIENT, to: NO_CLIENT };
  const changes = { bottom: [], top: [edge], none: [client] }[panel];
  return [
    ...changes.map(({ path, from, to }) => generated(path, changeCommon(path, from, to))),
    ...(wallpaper === undefined
      ? []
      : [{ path: WALLPAPER, mode: "0644", owner: "root" as const, source: wallpaper }]),
  ];
}

const XFCONF = "/etc/xdg/xfce4/xfconf/xfce-perchannel-xml";
const [BOTTOM, TOP] = ["p=8;", "p=6;"];
const PANEL_CLIENT = "xfce4-panel";
/** A program that ends at once. */
const NO_CLIENT = "true";
/** Where Kasm's users mount theirs, which then wins. */
const WALLPAPER = "/usr/share/backgrounds/bg_default.png";

/** A file of every image with other words. */
function changeCommon(path: string, from: string, to: string): string {
  const text = readFileSync(join(COMMON, path), "utf8");
  if (!text.includes(`"${from}`)) throw new Error(`nix/common${path} has no "${from}`);
  return text.replace(`"${from}`, `"${to}`);
}

const PROFILE = "/home/kasm-default-profile";
const ICON_POSITIONS = `${PROFILE}/.config/xfce4/desktop/icons.screen0.yaml`;

function refuseFolderClashes({ name, files }: ResolvedWorkspace, generated: readonly ResolvedFile[]): void {
  const placed = [...generated.map(({ path }) => path), ...commonPaths()];
  const faults = files.flatMap(({ path }, index) => {
    const below = placed.find((other) => other.startsWith(`${path}/`));
    if (below === undefined) return [];
    const message = `${path} must be a folder: Kasmix puts ${below} there`;
    return [{ path: `files[${index}].path`, message, fix: "Choose another path." }];
  });
  if (faults.length > 0)
    throw new KasmixError("E_MODEL", `workspaces/${name}/workspace.ts is wrong`, { faults });
}

function commonPaths(): string[] {
  return readdirSync(COMMON, { recursive: true, encoding: "utf8" }).map((path) => `/${path}`);
}

function generated(path: string, text: string, mode = "0644") {
  return { path, text, mode, owner: "root" } as const;
}

function ofUser<File extends object>(file: File) {
  return { ...file, owner: "kasm-user" } as const;
}
