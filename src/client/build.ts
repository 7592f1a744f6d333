import { cp, mkdir, readdir, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/**
 * How the client is bundled. The Nix build gives esbuild the same as flags: --bundle --format=esm --target=es2022
 * --minify --legal-comments=eof --tsconfig-raw={}.
 */
export const clientBundle = {
  bundle: true,
  format: "esm",
  target: "es2022",
  minify: true,
  legalComments: "eof",
  // The result must not depend on whether tsconfig.json lies beside the source.
  tsconfigRaw: "{}",
} as const;

/** Files of the client that are served as they are, with the names they are served under. */
export const clientFiles = {
  "index.html": ["index.html", "vnc.html"],
  "style.css": ["style.css"],
  "dark.css": ["dark.css"],
  "icon.svg": ["icon.svg"],
  "icon-192.png": ["icon-192.png"],
  "icon-512.png": ["icon-512.png"],
  "manifest.webmanifest": ["manifest.webmanifest"],
  "licenses.txt": ["licenses.txt"],
} as const;

/**
 * Builds the client into `outDir`, emptied first, ready to be served: main.js with what it loads later in chunks of
 * their own, features.css, the audio worklet and the worker of each feature as <feature>-worklet.js and
 * <feature>-worker.js, and the files beside them.
 */
export async function buildClient(outDir: string): Promise<void> {
  const source = fileURLToPath(new URL(".", import.meta.url));
  await rm(outDir, { recursive: true, force: true });
  await mkdir(outDir, { recursive: true });
  await build({ ...clientBundle, entryPoints: [join(source, "main.ts")], splitting: true, outdir: outDir });
  await build({ ...clientBundle, entryPoints: [join(source, "features.css")], outdir: outDir });
  for (const path of await scriptsBeside(source)) {
    const outfile = join(outDir, `${dirname(path)}-${basename(path, ".ts")}.js`);
    await build({ ...clientBundle, entryPoints: [join(source, path)], outfile });
  }
  for (const [file, names] of Object.entries(clientFiles)) {
    for (const name of names) await cp(join(source, file), join(outDir, name));
  }
}

/** What runs beside the page's own script. */
async function scriptsBeside(source: string): Promise<string[]> {
  const paths = await readdir(source, { recursive: true });
  return paths.filter((path) => ["worklet.ts", "worker.ts"].includes(basename(path)));
}
