import { KasmixError } from "../model/error.ts";
import { isOnNixpkgs } from "../model/resolve.ts";
import type { Workspace } from "../model/types.ts";

/** Which of a workspace's images is meant. */
export interface Variant {
  /** End of the image's name: the one of nixpkgs' packages, or the one with KasmVNC. @default "" */
  readonly suffix?: Suffix;
  /** The one with stand-ins for vendor software. @default false */
  readonly withoutVendor?: boolean;
}

export type Suffix = "" | "-nixpkgs" | "-kasmvnc";

/** The workspace that an image's name belongs to, of those that there are, and the end of the name. */
export function splitName(
  name: string,
  known: readonly string[],
): { readonly workspace: string; readonly suffix: Suffix } {
  const suffix = (["-nixpkgs", "-kasmvnc"] as const).find((each) => name.endsWith(each));
  const workspace = suffix === undefined ? name : name.slice(0, -suffix.length);
  if (suffix === undefined || known.includes(name) || !known.includes(workspace)) {
    return { workspace: name, suffix: "" };
  }
  return { workspace, suffix };
}

/** The variant of a workspace that a name and a flag ask for. Throws E_USAGE for an image that it does not have. */
export function chooseVariant(workspace: Workspace, suffix: Suffix, withoutVendor: boolean): Variant {
  if (suffix === "-nixpkgs" && (workspace.nixpkgs === undefined || isOnNixpkgs(workspace))) {
    const message = isOnNixpkgs(workspace)
      ? `All of ${workspace.name} comes from nixpkgs: it has no second image.`
      : `${workspace.name} does not say what it takes from nixpkgs, so it has no such image.`;
    const fix = isOnNixpkgs(workspace)
      ? `Leave the end of the name out: ${workspace.name}`
      : `Add \`nixpkgs\` to workspaces/${workspace.name}/workspace.ts (docs/build/nix.md).`;
    throw new KasmixError("E_USAGE", message, { fix });
  }
  if (suffix === "-kasmvnc" && workspace.display?.server === "kasmvnc") {
    throw new KasmixError("E_USAGE", `${workspace.name} has KasmVNC itself: it has no second image.`, {
      fix: `Leave the end of the name out: ${workspace.name}`,
    });
  }
  const hasVendor = Object.keys(workspace.vendor ?? {}).length > 0 && suffix !== "-nixpkgs";
  return { suffix, withoutVendor: withoutVendor && hasVendor };
}

/** Whether an image's packages are Debian's: those that nix/locks/ pins. */
export function isOfDebian(workspace: Workspace, { suffix }: Variant): boolean {
  return suffix !== "-nixpkgs" && !isOnNixpkgs(workspace);
}

/** Whether an image is made of one of the flake's inputs, which come from elsewhere than Debian's packages. */
export function needsInputs(workspace: Workspace, variant: Variant): boolean {
  const server: string | undefined = workspace.display?.server;
  return !isOfDebian(workspace, variant) || variant.suffix === "-kasmvnc" || server === "kasmvnc";
}
