import type { ResolvedApp } from "../model/runtime.ts";
import { HOME } from "./desktop-entry.ts";
import { marker } from "./marker.ts";

/** Fits the smallest common screen, 1024x600, and stays above the handle of the client's panel on most screens. */
const ROWS = 3;

/**
 * xfdesktop's file of icon positions: the apps' order down the left edge. Without it the icons would be in the order of
 * the file system. xfdesktop keeps the user's own arrangement in the same file.
 */
export function renderIconPositions(apps: readonly ResolvedApp[], workspace: string): string {
  const icons = apps.flatMap(({ name }, index) => [
    `    "${HOME}/Desktop/${name}.desktop":`,
    `      row: ${index % ROWS}`,
    `      col: ${Math.floor(index / ROWS)}`,
  ]);
  return `${[`# ${marker(workspace)}`, ...MONITOR, "  icons:", ...icons].join("\n")}\n`;
}

/** Xtigervnc's screen. xfdesktop's id of it is the same in every container and at every size. */
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
