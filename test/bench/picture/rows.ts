import type { Pictures } from "./measure.ts";
export function renderPicture(_: Pictures): string {
  return "";
}
