import { existsSync, readdirSync, readlinkSync } from "node:fs";
import { basename, join } from "node:path";

/** Where GPUs show. */
export interface GpuPlaces {
  /** @default "/dev" */
  readonly dev?: string;
  /** Tells the drivers of the render nodes. @default "/sys/class/drm" */
  readonly drm?: string;
}

/** The GPUs of a machine or a container. */
export interface GpuList {
  /** Devices for drawing and encoding without a screen, with their drivers: `i915`; empty where unknown. */
  readonly nodes: readonly { readonly path: string; readonly driver: string }[];
  /** Whether NVIDIA's own driver is there: it works without a render node. */
  readonly hasNvidia: boolean;
}

/** Lists the GPUs by their devices. */
export function listGpus({ dev = "/dev", drm = "/sys/class/drm" }: GpuPlaces = {}): GpuList {
  const folder = join(dev, "dri");
  const names = existsSync(folder) ? readdirSync(folder).sort() : [];
  const nodes = names
    .filter((name) => /^renderD\d+$/.test(name))
    .map((name) => ({ path: join(folder, name), driver: driverOf(join(drm, name)) }));
  const hasNvidia = existsSync(join(dev, "nvidiactl")) || nodes.some(({ driver }) => driver === "nvidia");
  return { nodes, hasNvidia };
}

function driverOf(device: string): string {
  try {
    return basename(readlinkSync(join(device, "device/driver")));
  } catch {
    return "";
  }
}
