import { FREE_SPACE } from "../engine/nix.ts";
import { runProcess } from "../engine/process.ts";
import { KasmixError } from "../model/error.ts";

/** Arguments of one process; far below the limit of a command line. */
const BATCH = 500;

/** The store paths that are not valid. Throws E_BUILD where Nix is missing or fails. */
export async function findInvalid(paths: readonly string[]): Promise<Set<string>> {
  const printed = await inBatches(paths, (batch) =>
    nixStore(["--check-validity", "--print-invalid", ...batch]),
  );
  return new Set(printed.flatMap((text) => text.split("\n")).filter((line) => line !== ""));
}

/**
 * Adds files to the Nix store by their SHA-256, under their own names; `path` is the expected result. They are not
 * protected from garbage collection until a build uses them.
 */
export async function addFixed(files: readonly { file: string; path: string }[]): Promise<void> {
  const printed = await inBatches(
    files.map(({ file }) => file),
    (batch) => nixStore(["--add-fixed", "sha256", ...batch]),
  );
  const added = printed.flatMap((text) => text.trim().split("\n"));
  files.forEach(({ file, path }, index) => {
    if (added[index] === path) return;
    throw new KasmixError(
      "E_INTERNAL",
      `${file} was expected at ${path} in the Nix store, and is ${added[index]}.`,
    );
  });
}

async function inBatches(
  items: readonly string[],
  work: (batch: readonly string[]) => Promise<string>,
): Promise<string[]> {
  const printed: string[] = [];
  for (let start = 0; start < items.length; start += BATCH) {
    printed.push(await work(items.slice(start, start + BATCH)));
  }
  return printed;
}

async function nixStore(args: readonly string[]): Promise<string> {
  const { ok, stdout, stderr, notFound } = await runProcess("nix-store", args, {
    environment: { LC_ALL: "C" },
  });
  if (ok) return stdout;
  if (notFound) {
    throw new KasmixError("E_BUILD", "Nix is not installed.", { fix: "./kasmix doctor --fix" });
  }
  const full = /no space left/i.test(stderr);
  throw new KasmixError(
    "E_BUILD",
    `nix-store ${args[0]} failed:\n${stderr}`,
    full ? { fix: FREE_SPACE } : {},
  );
}
