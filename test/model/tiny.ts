import type { Workspace } from "../../src/model/types.ts";

/** The smallest workspace. */
export const TINY: Workspace = {
  name: "tiny",
  title: "Tiny",
  description: "As little as possible.",
  base: { distribution: "debian" },
  packages: ["hello"],
};
