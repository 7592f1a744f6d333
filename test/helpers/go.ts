import { fileURLToPath } from "node:url";
import { runProcess } from "../../src/engine/process.ts";

/** A program out of a Go module, or why there is none. */
export type GoProgram = { readonly path: string } | { readonly missing: string };

const FOLDER = fileURLToPath(new URL("../../test-output/go", import.meta.url));

/**
 * Has Go build a program, once for this checkout: `mvdan.cc/sh/v3/cmd/gosh` at a version. Go's module proxy is no host that
 * tests may rely on, so what cannot be had is told and no failure. `timeout`, in milliseconds, is for download and build.
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
  if (timedOut) return { missing: "Go's module proxy gives no answer" };
  return { missing: `go install ${module}@${version} says: ${stderr.trim().split("\n").at(-1)?.trim()}` };
}
