import { join } from "node:path";
import { NIX_ENVIRONMENT, NIX_OPTIONS } from "../../../src/engine/nix.ts";
import { $ } from "../../helpers/shell.ts";

/** The checkout. */
export const ROOT = join(import.meta.dirname, "../../..");

/** Runs shell commands in the checkout, with the environment that the CLI gives Nix. */
export const inRoot = $({ cwd: ROOT, env: { ...process.env, ...NIX_ENVIRONMENT } });

/** Runs a Nix command with the options that the CLI gives it; returns its output. */
export async function nix(command: string, ...args: readonly string[]): Promise<string> {
  return (await inRoot`${command} ${args} ${NIX_OPTIONS}`).stdout.trim();
}

/** The same, for commands that print one line for each result. */
export async function nixLines(command: string, ...args: readonly string[]): Promise<string[]> {
  return (await nix(command, ...args)).split("\n");
}
