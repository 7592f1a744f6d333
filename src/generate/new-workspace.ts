import { KasmixError } from "../model/error.ts";

/**
 * The workspace.ts of a new workspace: a desktop with one app, whose package and command have the workspace's name. Throws
 * E_USAGE for a name that no workspace may have.
 */
export function renderNewWorkspace(name: string): string {
  if (!/^[a-z][a-z0-9-]{0,39}$/.test(name)) {
    throw new KasmixError("E_USAGE", `"${name}" cannot be a workspace's name.`, {
      fix: "Begin with a lower-case letter; digits and - may follow, 40 characters altogether.",
    });
  }
  return renderModel(name, titleOf(name));
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
