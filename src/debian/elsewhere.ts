import { type AptOptions, withApt } from "./apt.ts";
import { field, splitParagraphs } from "./parse.ts";

/** Why Debian's package cannot be in an image although it exists. */
export interface Elsewhere {
  /** `is in Debian's non-free`. */
  readonly message: string;
  readonly fix: string;
}

/** Of these names, the packages that Debian has outside of what images are made of: in other areas, or only for i386. */
export async function findElsewhere(
  options: AptOptions,
  names: readonly string[],
): Promise<ReadonlyMap<string, Elsewhere>> {
  const asked = names.flatMap((name) => [name, `${name}:i386`]);
  const shown = await withApt({ ...options, everything: true }, (apt) =>
    apt.run("apt-cache", ["show", ...asked]),
  );
  // The images' own architecture is shown first, and the last entry counts.
  const found = splitParagraphs(shown.stdout).reverse();
  return new Map(
    found.flatMap((paragraph) => {
      const reason = reasonFor(paragraph);
      return reason === undefined ? [] : [[field(paragraph, "Package") ?? "", reason] as const];
    }),
  );
}

/** Undefined for a package of main that is not only for i386. */
export function reasonFor(paragraph: string): Elsewhere | undefined {
  const area = /^pool\/(?:updates\/)?(contrib|non-free-firmware|non-free)\//.exec(
    field(paragraph, "Filename") ?? "",
  )?.[1];
  if (area !== undefined) {
    return {
      message: `is in Debian's ${area}, and images take packages only from main`,
      fix: "Take another package, or add it as third-party software (docs/build/vendor.md).",
    };
  }
  if (field(paragraph, "Architecture") !== "i386") return undefined;
  return {
    message: "is only for i386, and images have no packages of a second architecture",
    fix: "Take a 64-bit package instead.",
  };
}
