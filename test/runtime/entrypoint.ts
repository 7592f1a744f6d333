import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";

/** Bundles the entrypoint as in the image. Returns its path, and a function that removes it. */
export async function buildEntrypoint(): Promise<{ path: string; remove: () => void }> {
  const path = join(tmpdir(), `kasmix-entrypoint-${process.pid}.mjs`);
  await build({
    entryPoints: [join(import.meta.dirname, "../../src/runtime/main.ts")],
    outfile: path,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
  });
  return { path, remove: () => rmSync(path, { force: true }) };
}
