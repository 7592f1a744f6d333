import type { ResolvedApp } from "../model/runtime.ts";
import { HOME } from "./desktop-entry.ts";
import { marker } from "./marker.ts";

/** Fits the smallest usual screen, 1024x600, and stays above the handle of the client's panel on most. */
const ROWS = 3;

/**
 * Where xfdesktop finds the icons' places at the first start, in the apps' order down the left edge. Without it they
 * stand as the file system happens to list them. Later xfdesktop keeps what the user arranges in the same file.
 */
export function renderIconPositions(apps: readonly ResolvedApp[], workspace: string): string {
  const icons = apps.flatMap(({ name }, index) => [
    `    "${HOME}/Desktop/${name}.desktop":`,
    `      row: ${index % ROWS}`,
    `      col: ${Math.floor(index / ROWS)}`,
  ]);
  return `${[`# ${marker(workspace)}`, ...MONITOR, "  icons:", ...icons].join("\n")}\n`;
}

/** Xtigervnc's one screen as xfdesktop knows it: by this id, the same in every container and at every size. */
const MONITOR = [
  "configs:",
  "- level: 0",
  "  monitors:",
  '  - id: "06088a009b0819779740a3263a83432771e01832"',
  '    display_name: "VNC-0"',
  "    geometry:",
  "      x: 0",
  "      y: 0",
  "      width: 1280",
  "      height: 720",
];
