import { closeSync, existsSync, openSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { type GpuPlaces, listGpus } from "../../files/list-gpus.ts";

/**
 * Why no GPU can encode, as far as the container itself shows it; undefined where it shows nothing. The encoder's library
 * would only say that it did not find NVIDIA's driver. `libraries` has a folder for each architecture, with the drivers
 * for VA-API in its folder `dri`.
 */
export function gpuObstacle(places: GpuPlaces = {}, libraries = "/usr/lib"): string | undefined {
  const { nodes, hasNvidia } = listGpus(places);
  if (hasNvidia) return undefined;
  const refusals = nodes.map(({ path }) => refusalOf(path));
  const usable = nodes[refusals.indexOf(undefined)];
  if (usable === undefined) return refusals[0] ?? "the container has no GPU";
  const isIntels = ["i915", "xe"].includes(usable.driver);
  return isIntels && !hasIntelDriver(libraries)
    ? "the image lacks the driver for Intel's GPU, Debian's package intel-media-va-driver"
    : undefined;
}

/** Why a device cannot be opened; undefined if it can. */
function refusalOf(node: string): string | undefined {
  try {
    closeSync(openSync(node, "r+"));
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const help = code === "EACCES" ? `, start the container with --group-add ${statSync(node).gid}` : "";
    return `${node} cannot be opened (${code})${help}`;
  }
}

function hasIntelDriver(libraries: string): boolean {
  return readdirSync(libraries).some((name) => existsSync(join(libraries, name, "dri/iHD_drv_video.so")));
}
