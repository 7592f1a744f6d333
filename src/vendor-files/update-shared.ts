import { basename, join } from "node:path";
import { ARCHITECTURES, type Architecture } from "../debian/format.ts";
import { replaceFile } from "../files/replace.ts";
import { type Fault, KasmixError } from "../model/error.ts";
import { findNewestWheel } from "../wheels/newest.ts";
import type { PipOptions } from "../wheels/pip.ts";
import type { Newest } from "./ask.ts";
import { compareVersions } from "./compare-versions.ts";
import { findNewest } from "./newest.ts";
import { KASMVNC_PINS, readSharedPins, type SharedPin, WHEEL_PINS } from "./shared.ts";
import { hashOf, type UpdateOptions, type UpdateResult, type VendorUpdate } from "./update.ts";

export type SharedUpdateOptions = Omit<UpdateOptions, "only"> & PipOptions;

/**
 * Finds the newest versions of what is pinned for all images, and writes versions and hashes for every architecture; a
 * failure of one does not stop the others. Throws the reason of `signal`.
 */
export async function updateShared(root: string, options: SharedUpdateOptions): Promise<UpdateResult> {
  const updates: VendorUpdate[] = [];
  const fetchFaults: Fault[] = [];
  for (const path of [WHEEL_PINS, KASMVNC_PINS]) {
    const pins = await readSharedPins(root, path);
    const renewed = { ...pins };
    for (const [name, pin] of Object.entries(pins)) {
      try {
        const found = await renew(name, pin, options);
        updates.push(found.update);
        renewed[name] = found.pin;
      } catch (error) {
        options.signal?.throwIfAborted();
        if (!(error instanceof KasmixError)) throw error;
        const { message, fix } = error;
        fetchFaults.push({ path: `${name} (${path})`, message, ...(fix === undefined ? {} : { fix }) });
      }
    }
    const isChanged = Object.keys(pins).some((name) => pins[name] !== renewed[name]);
    if (isChanged) await replaceFile(join(root, path), `${JSON.stringify(renewed, null, 2)}\n`);
  }
  return { updates, fetchFaults, pinFaults: [] };
}

/** The result for a pin, and the new pin: the same object where nothing changes. */
async function renew(
  name: string,
  pin: SharedPin,
  options: SharedUpdateOptions,
): Promise<{ readonly update: VendorUpdate; readonly pin: SharedPin }> {
  options.onPackage?.(name);
  const newest = await inEach((each) => findFor(name, pin, each, options));
  const { version: from } = pin;
  const { version: to } = newest.amd64;
  if (newest.arm64.version !== to) {
    const message = `The newest versions differ: ${to} for amd64, ${newest.arm64.version} for arm64.`;
    throw new KasmixError("E_FETCH", message, { fix: "Try again later." });
  }
  const as = (state: VendorUpdate["state"]): VendorUpdate => ({ name, state, from, to });
  if (compareVersions(to, from) < 0) return { update: as("ahead"), pin };
  const isSame = ARCHITECTURES.every((each) => [undefined, pin[each].sha256].includes(newest[each].sha256));
  if (to === from && isSame) return { update: as("unchanged"), pin };
  if (options.check === true) return { update: as("outdated"), pin };
  const files = await inEach(async (each) => {
    const { url } = pin[each];
    const { sha256 } = newest[each];
    return { url, sha256: sha256 ?? (await hashOf(name, fill(url, to), options)) };
  });
  return { update: as("updated"), pin: { ...pin, version: to, ...files } };
}

/** One after the other: each may be a download. */
async function inEach<T>(work: (architecture: Architecture) => Promise<T>): Promise<Record<Architecture, T>> {
  return { amd64: await work("amd64"), arm64: await work("arm64") };
}

function findFor(
  name: string,
  { version, newest, ...files }: SharedPin,
  architecture: Architecture,
  options: SharedUpdateOptions,
): Promise<Newest> {
  const { url } = files[architecture];
  if ("pip" in newest) return findNewestWheel(newest.pip, basename(fill(url, version)), options);
  return findNewest(name, { url, newest }, options);
}

function fill(url: string, version: string): string {
  return url.replaceAll("{version}", version);
}
