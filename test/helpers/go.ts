import { fileURLToPath } from "node:url";
import { runProcess } from "../../src/engine/process.ts";

/** A program from a Go module, or why it is missing. */
export type GoProgram = { readonly path: string } | { readonly missing: string };

const FOLDER = fileURLToPath(new URL("../../test-output/go", import.meta.url));

/**
 * Builds a program from a Go module, such as `mvdan.cc/sh/v3/cmd/gosh`, once per checkout. Tests must not depend on Go's
 * module proxy, so a missing program is reported and not a failure. `timeout`, in milliseconds, covers download and build.
 */
export async function goProgram(
  module: string,
  version: string,
  { timeout = 120_000 } = {},
): Promise<GoProgram> {
  const name = module.split("/").at(-1) ?? module;
  const path = `${FOLDER}/${name}`;
  if ((await runProcess("test", ["-x", path])).ok) return { path };
  const options = { environment: { GOBIN: FOLDER }, timeout };
  const { ok, notFound, timedOut, stderr } = await runProcess(
    "go",
    ["install", `${module}@${version}`],
    options,
  );
  if (ok) return { path };
  if (notFound) return { missing: "Go is not installed" };
  if (timedOut) return { missing: "Go's module proxy does not answer" };
  return { missing: `go install ${module}@${version} says: ${stderr.trim().split("\n").at(-1)?.trim()}` };
}
