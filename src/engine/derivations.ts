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
