import { addFixed, findInvalid } from "../debian/store.ts";
import { STORE } from "../debian/store-path.ts";
import { realise } from "../engine/build.ts";
import { type ShownDerivation, showDerivations } from "../engine/derivations.ts";
import { NIX_ENVIRONMENT } from "../engine/nix.ts";
import { sha256Of } from "../files/sha256.ts";
import { KasmixError } from "../model/error.ts";
import { mismatch } from "../vendor-files/failure.ts";
import type { VendorFile } from "../vendor-files/file.ts";
import { takeOwn } from "../vendor-files/prefetch.ts";
import { WHEEL_PINS } from "../vendor-files/shared.ts";
import { parseWheelName, type WheelName } from "./file-name.ts";
import { hasPip, type PipOptions, withWheel } from "./pip.ts";

export interface WheelOptions extends PipOptions {
  /** The user's own folder of files. @default KASMIX_VENDOR_DIR */
  readonly folder?: string | undefined;
  /** A file was found in the folder. */
  readonly onFound?: (path: string) => void;
  /** Called with the name and version of each wheel that is fetched. */
  readonly onWheel?: (spec: string) => void;
}

/** A wheel that a derivation fetches. */
export interface Wheel extends VendorFile {
  readonly tags: WheelName;
  /** The derivation of its fetch. */
  readonly derivation: string;
}

/** A wheel that cannot be had now. */
export interface LostWheel extends Wheel {
  /** For each way that was tried. */
  readonly reasons: readonly string[];
}

/**
 * Puts the wheels of a derivation into the Nix store: from the user's own folder, by pip, or from their committed addresses
 * by Nix. Where pip is missing, it is installed only when those cannot be reached. Returns the wheels that cannot be had.
 * @param workspace name of the workspace, for messages
 * @throws KasmixError E_FETCH for a file of the user's own with another hash
 */
export async function prefetchWheels(
  workspace: string,
  derivation: string,
  options: WheelOptions = {},
): Promise<LostWheel[]> {
  const { signal } = options;
  const shown = await showDerivations(derivation, { signal, environment: NIX_ENVIRONMENT });
  const wheels = findWheels(workspace, shown);
  const invalid = await findInvalid(wheels.map(({ storePath }) => storePath));
  const left = await takeOwn(
    wheels.filter(({ storePath }) => invalid.has(storePath)),
    options,
  );
  if (left.length === 0) return [];
  const ways = (await hasPip(signal)) ? [fetchByPip, fetchByNix] : [fetchByNix, fetchByPip];
  const lost: LostWheel[] = [];
  for (const wheel of left) {
    options.onWheel?.(`${wheel.name} ${wheel.version}`);
    const reasons = await tryInOrder(ways, wheel, options);
    if (reasons.length === ways.length) lost.push({ ...wheel, reasons });
  }
  return lost;
}

/** The wheels among the fetches, recognised by the shape of their addresses on any host. */
export function findWheels(
  workspace: string,
  derivations: Readonly<Record<string, ShownDerivation>>,
): Wheel[] {
  return Object.entries(derivations).flatMap(([path, { builder, env = {} }]): Wheel[] => {
    const { url = "", name: file = "", out: storePath = "", outputHash = "" } = env;
    const tags = parseWheelName(url.slice(url.lastIndexOf("/") + 1));
    if (builder !== "builtin:fetchurl" || tags === undefined) return [];
    const { name, version } = tags;
    const sha256 = outputHash.replace(/^sha256:/, "");
    const derivation = path.startsWith("/") ? path : `${STORE}/${path}`;
    return [{ workspace, name, version, url, sha256, file, storePath, pins: WHEEL_PINS, tags, derivation }];
  });
}

type Way = (wheel: Wheel, options: WheelOptions) => Promise<void>;

/** Returns why each way failed before one succeeded. */
async function tryInOrder(ways: readonly Way[], wheel: Wheel, options: WheelOptions): Promise<string[]> {
  const reasons: string[] = [];
  for (const way of ways) {
    try {
      await way(wheel, options);
      break;
    } catch (error) {
      if (!(error instanceof KasmixError) || !["E_FETCH", "E_MACHINE"].includes(error.code)) throw error;
      const [fault = error] = error.faults;
      reasons.push(fault.message);
    }
  }
  return reasons;
}

async function fetchByPip(wheel: Wheel, options: WheelOptions): Promise<void> {
  const { name, version, tags, sha256, storePath } = wheel;
  await withWheel(`${name}==${version}`, tags, options, async (file) => {
    const given = await sha256Of(file, options.signal);
    if (given !== sha256) {
      throw new KasmixError("E_FETCH", mismatch(wheel, given, "The file that pip gets").message);
    }
    await addFixed([{ file, path: storePath }]);
  });
}

async function fetchByNix(wheel: Wheel, { signal }: WheelOptions): Promise<void> {
  await realise([wheel.derivation], { signal, vendor: [wheel] });
}
