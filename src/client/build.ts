import { cp, mkdir, readdir, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/**
 * esbuild's options for the client. The Nix build passes the same ones as flags: --bundle --format=esm
 * --target=es2022 --minify --legal-comments=eof --tsconfig-raw={}.
 */
export const clientBundle = {
  bundle: true,
  format: "esm",
  target: "es2022",
  minify: true,
  legalComments: "eof",
  // The result must not depend on a tsconfig.json beside the source.
  tsconfigRaw: "{}",
} as const;

/** Files of the client that are served unchanged, with the names they are served under. */
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
 * Builds the client into `outDir`, which is emptied first: main.js, beside.js and their lazily loaded chunks, features.css,
 * beside.css, each feature's audio worklet and worker as <feature>-worklet.js and <feature>-worker.js, and the static
 * files.
 */
export async function buildClient(outDir: string): Promise<void> {
  const source = fileURLToPath(new URL(".", import.meta.url));
  await rm(outDir, { recursive: true, force: true });
  await mkdir(outDir, { recursive: true });
  await build({
    ...clientBundle,
    entryPoints: ["main.ts", "beside.ts"].map((name) => join(source, name)),
    splitting: true,
    outdir: outDir,
  });
  await build({
    ...clientBundle,
    entryPoints: ["features.css", "beside.css"].map((name) => join(source, name)),
    outdir: outDir,
  });
  for (const path of await scriptsBeside(source)) {
    const outfile = join(outDir, `${dirname(path)}-${basename(path, ".ts")}.js`);
    await build({ ...clientBundle, entryPoints: [join(source, path)], outfile });
  }
  for (const [file, names] of Object.entries(clientFiles)) {
    for (const name of names) await cp(join(source, file), join(outDir, name));
  }
}

/** Scripts that run outside the page's own thread. */
async function scriptsBeside(source: string): Promise<string[]> {
  const paths = await readdir(source, { recursive: true });
  return paths.filter((path) => ["worklet.ts", "worker.ts"].includes(basename(path)));
}
