import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import type { GpuPlaces } from "../../src/files/list-gpus.ts";

/** A device: its group, without which only root may open it, and its driver. */
export interface Device {
  /** @default everybody may open it */
  readonly group?: number;
  /** @default none */
  readonly driver?: string;
}

/**
 * Lays devices by their names, such as `dri/renderD128`, as the kernel shows a machine's GPUs; all are /dev/null. The
 * folders are removed after the test. Needs root.
 */
export function layMachine(devices: Readonly<Record<string, Device>>): Required<GpuPlaces> {
  const root = mkdtempSync(join(tmpdir(), "kasmix-gpu-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const [dev, drm] = [join(root, "dev"), join(root, "drm")];
  for (const folder of [root, dev]) mkdirSync(folder, { recursive: true });
  chmodSync(root, 0o755);
  for (const [name, { group, driver }] of Object.entries(devices)) {
    makeDevice(join(dev, name), group);
    const device = join(drm, name.replace("dri/", ""), "device");
    mkdirSync(device, { recursive: true });
    if (driver) symlinkSync(`../../bus/pci/drivers/${driver}`, join(device, "driver"));
  }
  return { dev, drm };
}

/** Makes one /dev/null. */
export function makeDevice(path: string, group?: number): void {
  mkdirSync(dirname(path), { recursive: true });
  execFileSync("mknod", [path, "c", "1", "3"]);
  execFileSync("chgrp", [`${group ?? 0}`, path]);
  chmodSync(path, group === undefined ? 0o666 : 0o660);
}
