import { basename } from "node:path";
import { sha256Of } from "../files/sha256.ts";
import { KasmixError } from "../model/error.ts";
import type { Newest } from "../vendor-files/ask.ts";
import { parseWheelName } from "./file-name.ts";
import { type PipOptions, withWheel } from "./pip.ts";

/**
 * The newest version of a package that has a wheel for the same Python and architecture as a pinned one, without previews,
 * and the wheel's hash. pip downloads it for that.
 * @param pinned file name of the pinned wheel
 * @throws KasmixError E_FETCH, E_MACHINE as withWheel does
 */
export async function findNewestWheel(name: string, pinned: string, options: PipOptions): Promise<Newest> {
  const like = parseWheelName(pinned);
  if (like === undefined) {
    throw new KasmixError("E_MODEL", `${pinned} is not the file name of a wheel for one CPython.`);
  }
  return withWheel(name, like, options, async (file) => {
    const version = parseWheelName(basename(file))?.version;
    if (version !== undefined) return { version, sha256: await sha256Of(file, options.signal) };
    throw new KasmixError("E_FETCH", `pip gets ${basename(file)}, which is not a wheel for one CPython.`);
  });
}
