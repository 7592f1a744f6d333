/** What the name of a wheel's file says, for wheels that one CPython runs. */
export interface WheelName {
  /** Of the package, with `_` for `-`. */
  readonly name: string;
  readonly version: string;
  /** Version of CPython: `3.13`. */
  readonly python: string;
  /** `cp313`. */
  readonly abi: string;
  /** `manylinux_2_28_x86_64`. */
  readonly platform: string;
}

/** Reads the name of a wheel's file; `undefined` for other files, and for wheels that any Python runs. */
export function parseWheelName(file: string): WheelName | undefined {
  const parts = /^([A-Za-z0-9_.]+)-([^-]+)-cp(\d)(\d+)-([^-]+)-([^-]+)\.whl$/.exec(file);
  if (parts === null) return undefined;
  const [, name = "", version = "", major, minor, abi = "", platform = ""] = parts;
  return { name, version, python: `${major}.${minor}`, abi, platform };
}
