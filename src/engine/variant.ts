import { KasmixError } from "../model/error.ts";
import { isOnNixpkgs, vendorOf } from "../model/resolve.ts";
import type { Workspace } from "../model/types.ts";

/** Chooses one of a workspace's images. */
export interface Variant {
  /** End of the image's name: with nixpkgs' packages, or with KasmVNC from source or its release. @default "" */
  readonly suffix?: Suffix;
  /** With stand-ins for vendor software. @default false */
  readonly withoutVendor?: boolean;
}

export type Suffix = "" | "-nixpkgs" | "-kasmvnc" | "-kasmvnc-release";

/** Splits an image's name into the name of a known workspace and the end. */
export function splitName(
  name: string,
  known: readonly string[],
): { readonly workspace: string; readonly suffix: Suffix } {
  const suffix = (["-nixpkgs", "-kasmvnc", "-kasmvnc-release"] as const).find((each) => name.endsWith(each));
  const workspace = suffix === undefined ? name : name.slice(0, -suffix.length);
  if (suffix === undefined || known.includes(name) || !known.includes(workspace)) {
    return { workspace: name, suffix: "" };
  }
  return { workspace, suffix };
}

/** The variant for a suffix and a flag. Throws E_USAGE for an image that the workspace does not have. */
export function chooseVariant(workspace: Workspace, suffix: Suffix, withoutVendor: boolean): Variant {
  if (suffix === "-nixpkgs" && (workspace.nixpkgs === undefined || isOnNixpkgs(workspace))) {
    const message = isOnNixpkgs(workspace)
      ? `${workspace.name} comes from nixpkgs entirely: it has no second image.`
      : `${workspace.name} names no packages of nixpkgs, so it has no such image.`;
    const fix = isOnNixpkgs(workspace)
      ? `Leave out the end of the name: ${workspace.name}`
      : `Add \`nixpkgs\` to workspaces/${workspace.name}/workspace.ts (docs/build/nix.md).`;
    throw new KasmixError("E_USAGE", message, { fix });
  }
  if (suffix.startsWith("-kasmvnc") && workspace.display?.server === "kasmvnc") {
    throw new KasmixError("E_USAGE", `${workspace.name} uses KasmVNC already: it has no second image.`, {
      fix: `Leave out the end of the name: ${workspace.name}`,
    });
  }
  if (suffix === "-kasmvnc-release" && isOnNixpkgs(workspace)) {
    throw new KasmixError(
      "E_USAGE",
      `${workspace.name} comes from nixpkgs, and KasmVNC's release is for Debian.`,
      {
        fix: `Build KasmVNC from source: ${workspace.name}-kasmvnc`,
      },
    );
  }
  const hasOwn = Object.keys(vendorOf(workspace)).length > 0 && suffix !== "-nixpkgs";
  const hasVendor = hasOwn || suffix === "-kasmvnc-release";
  return { suffix, withoutVendor: withoutVendor && hasVendor };
}

/** Whether an image's packages are Debian's, pinned by nix/locks/. */
export function isOfDebian(workspace: Workspace, { suffix }: Variant): boolean {
  return suffix !== "-nixpkgs" && !isOnNixpkgs(workspace);
}

/** Whether an image is built from the flake's inputs. */
export function needsInputs(workspace: Workspace, variant: Variant): boolean {
  const { server, from } = workspace.display ?? {};
  const fromSource = server === "kasmvnc" && from !== "release";
  return !isOfDebian(workspace, variant) || variant.suffix === "-kasmvnc" || fromSource;
}
