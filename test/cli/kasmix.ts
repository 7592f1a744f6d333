import { fileURLToPath } from "node:url";
import { execa, type Options } from "execa";

/** The launcher of this checkout. */
export const LAUNCHER = fileURLToPath(new URL("../../kasmix", import.meta.url));

/** How one run of the real command line ended. */
export interface Run {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `./kasmix` as a user would, with stdin closed and both streams piped. */
export async function kasmix(
  args: readonly string[],
  options: Options & { readonly file?: string } = {},
): Promise<Run> {
  const { file = LAUNCHER, ...rest } = options;
  const { exitCode, stdout, stderr } = await execa(file, args, { reject: false, stdin: "ignore", ...rest });
  return { exitCode, stdout: String(stdout), stderr: String(stderr) };
}
