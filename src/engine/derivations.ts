import { readFile } from "node:fs/promises";
import { NIX_OPTIONS } from "./nix.ts";
import { type ProcessOptions, runProcess } from "./process.ts";

/** The used fields of a derivation. */
export interface ShownDerivation {
  readonly builder?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Everything that a derivation is built from, by path. Newer versions of Nix wrap it in one more level. Empty where Nix
 * fails.
 */
export async function showDerivations(
  derivation: string,
  options: ProcessOptions,
): Promise<Readonly<Record<string, ShownDerivation>>> {
  for (const command of [["derivation", "show"], ["show-derivation"]]) {
    const shown = await runProcess("nix", [...command, ...NIX_OPTIONS, "--recursive", derivation], options);
    if (!shown.ok) continue;
    const value: unknown = JSON.parse(shown.stdout);
    const inner =
      typeof value === "object" && value !== null && "derivations" in value ? value.derivations : value;
    return inner as Readonly<Record<string, ShownDerivation>>;
  }
  return {};
}

/**
 * Whether something that a derivation is built from is pinned by its hash and not in the store: it has to be downloaded,
 * most likely. Also true where Nix does not say.
 */
export async function lacksPinned(derivation: string, options: ProcessOptions): Promise<boolean> {
  const words = ["--realise", "--dry-run", derivation, ...NIX_OPTIONS];
  const { stderr } = await runProcess("nix-store", words, options);
  const missing = [...stderr.matchAll(/^ +(\/\S+\.drv)$/gm)].map(([, file = ""]) => file);
  if (!missing.includes(derivation)) return true;
  const contents = await Promise.all(missing.map((file) => readFile(file, "utf8").catch(() => "")));
  return contents.some((content) => OUTPUT.exec(content)?.[2] !== "");
}

/** The path that a derivation builds, by the content of its file. */
export function readOutput(content: string): string {
  const path = OUTPUT.exec(content)?.[1];
  if (path === undefined) throw new Error("This is not a derivation with one output.");
  return path;
}

/** A variable of a derivation's builder, by the content of its file; only for values without quotes and backslashes. */
export function readVariable(content: string, name: string): string {
  return new RegExp(`\\("${name}","([^"\\\\]*)"\\)`).exec(content)?.[1] ?? "";
}

/** Its path, and the hash algorithm of a pinned one. */
const OUTPUT = /^Derive\(\[\("out","([^"]+)","([^"]*)","[^"]*"\)\]/;
