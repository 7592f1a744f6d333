import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";

/** Bundles the entrypoint as in the image. Returns its path, and a function that removes it. */
export async function buildEntrypoint(): Promise<{ path: string; remove: () => void }> {
  const folder = mkdtempSync(join(tmpdir(), "kasmix-entrypoint-"));
  // Tests start it as other users too.
  chmodSync(folder, 0o755);
  await build({
    entryPoints: [join(import.meta.dirname, "../../src/runtime/main.ts")],
    outdir: folder,
    entryNames: "entrypoint",
    outExtension: { ".js": ".mjs" },
    splitting: true,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
  });
  const remove = () => rmSync(folder, { recursive: true, force: true });
  return { path: join(folder, "entrypoint.mjs"), remove };
}
