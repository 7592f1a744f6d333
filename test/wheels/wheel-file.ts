import { spawnSync } from "node:child_process";
import { zip } from "../nix/build/archives.ts";

/** Why tests with pip do not run here; empty where they do. */
export const withoutPip = spawnSync("pip3", ["--version"]).status === 0 ? "" : " (not run: pip3 is missing)";

/** File name of a wheel for CPython 3.13. */
export function wheelName(version: string, machine: "x86_64" | "aarch64", name = "screen"): string {
  return `${name}-${version}-cp313-cp313-manylinux_2_28_${machine}.whl`;
}

/** A wheel with this file name: as much of one as pip asks for. */
export function wheelFile(file: string): Buffer {
  const [name, version] = file.split("-");
  const info = `${name}-${version}.dist-info`;
  return zip([
    { name: `${info}/METADATA`, content: `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n` },
    { name: `${info}/WHEEL`, content: "Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: cp313-cp313-any\n" },
    { name: `${info}/RECORD`, content: "" },
  ]);
}
