import { readFileSync } from "node:fs";
import type { VendorPackage } from "./types.ts";

/** X server of KasmVNC's release in an image. */
const PROGRAM = "/usr/bin/Xkasmvnc";

/**
 * KasmVNC's release for Debian as vendor software, for this machine's architecture. nix/vendor-files/kasmvnc.json pins it;
 * its libraries are in every image (src/model/core-packages.ts).
 */
export function kasmVncRelease(): VendorPackage {
  const { kasmvnc } = JSON.parse(
    readFileSync(new URL("../../nix/vendor-files/kasmvnc.json", import.meta.url), "utf8"),
  );
  const { url, sha256 } = kasmvnc[process.arch === "arm64" ? "arm64" : "amd64"];
  return { version: kasmvnc.version, url, sha256, format: "deb", programs: [PROGRAM] };
}
