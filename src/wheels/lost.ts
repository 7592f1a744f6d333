import { type Fault, KasmixError } from "../model/error.ts";
import { placeOf } from "../vendor-files/failure.ts";
import type { LostWheel } from "./prefetch.ts";

/** One line for a desktop that is built without its wheels: what it lacks, and how to get it. */
export function renderLostWheels(lost: readonly LostWheel[], workspace: string): string {
  return `${specsOf(lost)} cannot be downloaded, so ${workspace} is built without it: the picture goes by VNC alone. ${waysToGet(lost)}, and build again.`;
}

/** The error for builds that leave nothing out. */
export function lostWheelsError(lost: readonly LostWheel[]): KasmixError {
  const faults = lost.map((wheel): Fault => ({ path: placeOf(wheel), message: wheel.reasons.join("\n") }));
  const fix = `${waysToGet(lost)}; or leave out --frozen to build without it.`;
  return new KasmixError("E_FETCH", `${specsOf(lost)} cannot be downloaded.`, { faults, fix });
}

function specsOf(lost: readonly LostWheel[]): string {
  return lost.map(({ name, version }) => `${name} ${version}`).join(", ");
}

function waysToGet(lost: readonly LostWheel[]): string {
  const [hosts, files] = [new Set(lost.map(({ url }) => new URL(url).host)), lost.map(({ file }) => file)];
  return `Let ${[...hosts].join(", ")} or pip's index be reached, or set KASMIX_VENDOR_DIR to a folder with ${files.join(", ")}`;
}
