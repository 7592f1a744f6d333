import { verbatim, type Words } from "./translate.ts";

const units = ["B", "kB", "MB", "GB", "TB"];

/** A number of bytes for people: `1.4 MB`. */
export function formatBytes(bytes: number): Words {
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  return verbatim(`${value.toFixed(power === 0 || value >= 100 ? 0 : 1)}\u00a0${units[power]}`);
}
