import type { Workspace } from "../model/types.ts";
import type { Context } from "./command.ts";

/** Brings a workspace's generated files up to date. */
export async function generateFiles({ root, output }: Context, workspace: Workspace): Promise<void> {
  const { generate } = await import("../generate/generate.ts");
  const files = await generate(root, [workspace], { check: false });
  for (const { path, state } of files) if (state !== "unchanged") output.step(`Generated ${path}: ${state}`);
}
