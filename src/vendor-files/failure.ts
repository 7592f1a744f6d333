import { type Fault, KasmixError } from "../model/error.ts";
import type { VendorFile } from "./file.ts";

/**
 * The vendor files in a failed build's log: those that could not be downloaded, and those with another hash than the pinned
 * one. Undefined if the log does not mention any.
 */
export function explainVendorFailure(text: string, files: readonly VendorFile[]): KasmixError | undefined {
  const wrong = files.flatMap((file) => mismatchOf(text, file));
  const missing = files.flatMap((file) => unreachable(text, file));
  const [first] = files;
  if (first === undefined || wrong.length + missing.length === 0) return undefined;
  return vendorError(first.workspace, missing, wrong);
}

/** One error for all vendor files of a workspace that are missing or have another hash. */
export function vendorError(
  workspace: string,
  missing: readonly Fault[],
  wrong: readonly Fault[],
): KasmixError {
  const [what, fix] =
    missing.length > 0
      ? [
          "cannot be downloaded",
          "Check the network; or add --without-vendor to build everything else; or set KASMIX_VENDOR_DIR to a folder with the files.",
        ]
      : [
          "do not have the pinned hashes",
          `If there is a new version, pin it: ./kasmix update ${workspace}. Otherwise do not use them: somebody may have tampered with them.`,
        ];
  return new KasmixError("E_FETCH", `Vendor files of ${workspace} ${what}.`, {
    faults: [...missing, ...wrong],
    fix,
  });
}

/** Where the file is pinned: in the model, or in a file of pins. */
export function placeOf({ workspace, name, pins }: VendorFile): string {
  return pins === undefined ? `vendor.${name} (workspaces/${workspace}/workspace.ts)` : `${name} (${pins})`;
}

/** Expected and actual hash of a file that is not the pinned one. */
export function mismatch(file: VendorFile, given: string, from: string): Fault {
  const lines = [
    `${from} is not the pinned ${file.file}:`,
    `  expected sha256 ${file.sha256}`,
    `  got      sha256 ${given}`,
  ];
  return {
    path: placeOf(file),
    message: lines.join("\n"),
    fix: file.pins === undefined ? `./kasmix update ${file.workspace} ${file.name}` : "./kasmix update",
  };
}

/** Nix's message names the derivation, and writes the hashes in its own notations. */
function mismatchOf(text: string, file: VendorFile): Fault[] {
  const pattern = /hash mismatch in fixed-output derivation '[^']*?-([^'/]+)\.drv'[\s\S]*?got:\s*(\S+)/g;
  const found = [...text.matchAll(pattern)].find(([, name]) => name === file.file);
  return found?.[2] === undefined ? [] : [mismatch(file, toHex(found[2]), `The file from ${hostOf(file)}`)];
}

function unreachable(text: string, file: VendorFile): Fault[] {
  // The last attempt counts.
  const start = text.lastIndexOf(`'${file.url}'`);
  if (start < 0 || !/unable to download|cannot download/i.test(text)) return [];
  const [line = ""] = text.slice(start + file.url.length + 2).split("\n");
  const why = line.replace(/^[:;\s]+/, "").replace(/\s*\(\d+\)(;.*)?$/, "") || "Nix gives no reason";
  return [{ path: placeOf(file), message: `${hostOf(file)} does not send ${file.file}: ${why}` }];
}

function hostOf({ url }: VendorFile): string {
  return new URL(url).host;
}

/** `sha256-<base 64>` as newer versions of Nix write it, `sha256:<base 32 or 16>` as older ones do. */
function toHex(hash: string): string {
  const base64 = /^sha256-([A-Za-z0-9+/]{43}=)$/.exec(hash)?.[1];
  return base64 === undefined ? hash.replace(/^sha256:/, "") : Buffer.from(base64, "base64").toString("hex");
}
