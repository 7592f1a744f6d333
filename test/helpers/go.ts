import { fileURLToPath } from "node:url";
import { runProcess } from "../../src/engine/process.ts";

/** Why a program is missing. */
export interface Missing {
  readonly missing: string;
}

/** A program from a Go module, with its version. */
export interface GoProgram {
  readonly path: string;
  readonly version: string;
}

const FOLDER = fileURLToPath(new URL("../../test-output/go", import.meta.url));

/**
 * Builds a program of a Go module, such as `cmd/xc` of `github.com/joerdav/xc`, once for each version and checkout; `latest`
 * is the newest that the module proxy gives. Tests must not depend on that proxy, so a missing program is reported and not
 * a failure. `timeout`, in milliseconds, covers download and build.
 */
export async function goProgram(
  module: string,
  program: string,
  wanted: string,
  { timeout = 240_000 } = {},
): Promise<GoProgram | Missing> {
  const found = wanted === "latest" ? await newest(module, timeout) : { version: wanted };
  if ("missing" in found) return found;
  const { version } = found;
  const folder = `${FOLDER}/${version}`;
  const path = `${folder}/${program.split("/").at(-1)}`;
  if ((await runProcess("test", ["-x", path])).ok) return { path, version };
  const target = `${module}/${program}@${version}`;
  const built = await go(["install", target], { environment: { GOBIN: folder }, timeout });
  return "missing" in built ? built : { path, version };
}

async function newest(module: string, timeout: number) {
  const listed = await go(["list", "-m", "-f", "{{.Version}}", `${module}@latest`], { timeout });
  return "missing" in listed ? listed : { version: listed.stdout.trim() };
}

async function go(
  words: string[],
  options: { readonly environment?: Readonly<Record<string, string>>; readonly timeout: number },
): Promise<{ readonly stdout: string } | Missing> {
  const { ok, notFound, timedOut, stdout, stderr } = await runProcess("go", words, options);
  if (ok) return { stdout };
  if (notFound) return { missing: "Go is not installed" };
  if (timedOut) return { missing: "Go's module proxy does not answer" };
  return { missing: `go ${words.join(" ")} says: ${stderr.trim().split("\n").at(-1)?.trim()}` };
}
