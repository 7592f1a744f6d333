import { KasmixError } from "../model/error.ts";
import type { ResolvedFile, ResolvedWorkspace } from "../model/resolve.ts";
import { toRuntimeConfig } from "../model/resolve.ts";
import { renderDesktopEntry } from "./desktop-entry.ts";
import { renderHooks } from "./hooks.ts";
import { renderIconPositions } from "./icon-positions.ts";
import { renderJson } from "./json.ts";
import { KASMVNC_YAML, renderKasmVncYaml } from "./kasmvnc-yaml.ts";
import { marker } from "./marker.ts";
import {
  renderCustomStartup,
  renderDefaultProfile,
  renderDesktopReady,
  renderFilterReady,
  renderGenerateContainerUser,
  renderMaximizeWindow,
  renderVncStartup,
} from "./startup.ts";
import { renderXfceDefaults } from "./xfce.ts";

/**
 * All files of the image that come from a workspace and not from a package, sorted by path. A file of the
 * workspace replaces a generated one of the same path.
 * @throws KasmixError E_MODEL if a file of the workspace stands where a generated one needs a folder
 */
export function imageFiles(workspace: ResolvedWorkspace): ResolvedFile[] {
  const generated = generatedFiles(workspace);
  refuseFolderClashes(workspace, generated);
  const byPath = new Map([...generated, ...workspace.files].map((file) => [file.path, file]));
  return [...byPath.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

function generatedFiles(workspace: ResolvedWorkspace): ResolvedFile[] {
  const { name, apps, display } = workspace;
  const icons = apps.filter((app) => app.desktopIcon);
  return [
    plain("/opt/kasmix/workspace.json", renderJson(toRuntimeConfig(workspace))),
    program("/dockerstartup/custom_startup.sh", renderCustomStartup(workspace)),
    program("/dockerstartup/generate_container_user", renderGenerateContainerUser(workspace)),
    program("/dockerstartup/maximize_window.sh", renderMaximizeWindow(workspace)),
    program("/dockerstartup/kasm_default_profile.sh", renderDefaultProfile(workspace)),
    program("/dockerstartup/vnc_startup.sh", renderVncStartup(workspace)),
    ...Object.entries(renderHooks(workspace)).map(([path, text]) => program(path, text)),
    program("/usr/bin/desktop_ready", renderDesktopReady(workspace)),
    program("/usr/bin/filter_ready", renderFilterReady(workspace)),
    plain("/etc/xdg/autostart/pulseaudio.desktop", renderNoAutostart(name)),
    ...(display.server === "kasmvnc" ? [plain(KASMVNC_YAML, renderKasmVncYaml(workspace))] : []),
    ...Object.entries(renderXfceDefaults(name)).map(([path, text]) => plain(path, text)),
    { ...plain("/home/kasm-default-profile/.bashrc", renderBashrc(name)), owner: "kasm-user" },
    ...(icons.length === 0
      ? []
      : [{ ...plain(ICON_POSITIONS, renderIconPositions(icons, name)), owner: "kasm-user" } as const]),
    ...icons.map(
      (app): ResolvedFile => ({
        ...program(`/home/kasm-default-profile/Desktop/${app.name}.desktop`, renderDesktopEntry(app, name)),
        owner: "kasm-user",
      }),
    ),
  ];
}

const ICON_POSITIONS = "/home/kasm-default-profile/.config/xfce4/desktop/icons.screen0.yaml";

/** The supervisor runs sound; the package would start it with the session a second time. */
function renderNoAutostart(name: string): string {
  return `# ${marker(name)}\n[Desktop Entry]\nType=Application\nName=PulseAudio\nHidden=true\n`;
}

function renderBashrc(name: string): string {
  return `# ${marker(name)}
case $- in
  *i*) ;;
  *) return ;;
esac

HISTCONTROL=ignoreboth
shopt -s checkwinsize histappend
PS1='\\[\\e[1;32m\\]\\u\\[\\e[0m\\]:\\[\\e[1;34m\\]\\w\\[\\e[0m\\]\\$ '
alias ls='ls --color=auto' ll='ls -l' grep='grep --color=auto'
`;
}

function refuseFolderClashes({ name, files }: ResolvedWorkspace, generated: readonly ResolvedFile[]): void {
  const faults = files.flatMap(({ path }, index) => {
    const below = generated.find((file) => file.path.startsWith(`${path}/`));
    if (below === undefined) return [];
    const message = `${path} must be a folder, since Kasmix puts ${below.path} there`;
    return [{ path: `files[${index}].path`, message, fix: "Choose another path." }];
  });
  if (faults.length > 0)
    throw new KasmixError("E_MODEL", `workspaces/${name}/workspace.ts is wrong`, { faults });
}

function plain(path: string, text: string) {
  return { path, text, mode: "0644", owner: "root" } as const;
}

function program(path: string, text: string) {
  return { path, text, mode: "0755", owner: "root" } as const;
}
