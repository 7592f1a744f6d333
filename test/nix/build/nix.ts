import { join } from "node:path";
import { execa } from "execa";
import { NIX_ENVIRONMENT, NIX_OPTIONS } from "../../../src/engine/nix.ts";

/** The checkout. */
export const ROOT = join(import.meta.dirname, "../../..");

/** The output of a Nix command that is run with the CLI's options. */
export async function nix(command: string, ...args: string[]): Promise<string> {
  const { stdout } = await execa(command, [...args, ...NIX_OPTIONS], { cwd: ROOT, env: NIX_ENVIRONMENT });
  return stdout.trim();
}
