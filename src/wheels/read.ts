import type { Architecture } from "../debian/format.ts";
import { readSharedPins, type SharedPin, WHEEL_PINS } from "../vendor-files/shared.ts";

/** A library that a wheel contains. */
export interface Bundled {
  readonly name: string;
  readonly version: string;
  /** An SPDX expression. */
  readonly licence: string;
}

/** A pinned wheel for one architecture. */
export interface PinnedWheel {
  readonly name: string;
  readonly version: string;
  readonly url: string;
  readonly sha256: string;
  /** An SPDX expression. */
  readonly licence: string;
  /** Without those that are left out of the image. */
  readonly bundled: readonly Bundled[];
}

type WheelPin = SharedPin & Pick<PinnedWheel, "licence" | "bundled">;

/** The wheels that nix/locks/wheels.json pins. */
export async function readWheels(root: string, architecture: Architecture): Promise<PinnedWheel[]> {
  const pins = await readSharedPins<WheelPin>(root, WHEEL_PINS);
  return Object.entries(pins).map(([name, pin]) => {
    const { version, licence, bundled } = pin;
    const { url, sha256 } = pin[architecture];
    return { name, version, url: url.replaceAll("{version}", version), sha256, licence, bundled };
  });
}
