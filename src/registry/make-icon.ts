import { createHash } from "node:crypto";
import { escapeHtml } from "./site/escape.ts";

/** An icon for a workspace without one, an SVG: the title's first letter or digit, on a colour of the name's own. */
export function makeIcon(name: string, title: string): Buffer {
  const hue = createHash("sha256").update(name).digest().readUInt16BE() % 360;
  const [letter = name.charAt(0)] = /[\p{L}\p{N}]/u.exec(title) ?? [];
  return Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">
  <title>${escapeHtml(title)}</title>
  <rect width="64" height="64" rx="14" fill="hsl(${hue}, 45%, 30%)"/>
  <text x="32" y="45" font-family="sans-serif" font-size="36" font-weight="bold" text-anchor="middle" fill="#fff">${letter.toUpperCase()}</text>
</svg>
`);
}
