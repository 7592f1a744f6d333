import { createHash } from "node:crypto";
import { KasmixError } from "../model/error.ts";

/**
 * The files of a new workspace, by name: a desktop with one app, whose package and command have the workspace's name, and
 * an icon of its own, which a registry needs. Throws E_USAGE for a name that no workspace may have.
 */
export function renderNewWorkspace(name: string): Readonly<Record<string, string>> {
  if (!/^[a-z][a-z0-9-]{0,39}$/.test(name)) {
    throw new KasmixError("E_USAGE", `"${name}" cannot be a workspace's name.`, {
      fix: "Begin with a lower-case letter; digits and - may follow, 40 characters altogether.",
    });
  }
  const title = titleOf(name);
  return { "workspace.ts": renderModel(name, title), "icon.svg": renderIcon(name, title) };
}

/** `image-viewer` is "Image Viewer". */
function titleOf(name: string): string {
  return name
    .split("-")
    .filter((word) => word !== "")
    .map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`)
    .join(" ");
}

function renderModel(name: string, title: string): string {
  return `import { defineWorkspace } from "../../src/model/define.ts";

export default defineWorkspace({
  name: "${name}",
  title: "${title}",
  description: "${title} on an XFCE desktop, kept running.",
  categories: ["Desktop"],
  base: { distribution: "debian" },
  // Debian packages, as \`apt search\` names them.
  packages: ["${name}"],
  apps: [
    {
      name: "${name}",
      title: "${title}",
      command: ["${name}"],
      icon: "${name}",
      autostart: true,
      restart: "always",
      maximize: true,
      // A part of its window's title or class.
      ready: { window: "${name}" },
    },
  ],
  resources: { memory: "2GiB" },
});
`;
}

/** Kasm keeps one file for each icon, so names give different ones: the first letter, on a colour of the name's own. */
function renderIcon(name: string, title: string): string {
  const hue = createHash("sha256").update(name).digest().readUInt16BE() % 360;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">
  <title>${title}</title>
  <rect width="64" height="64" rx="14" fill="hsl(${hue}, 45%, 30%)"/>
  <text x="32" y="45" font-family="sans-serif" font-size="36" font-weight="bold" text-anchor="middle" fill="#fff">${title.charAt(0)}</text>
</svg>
`;
}
