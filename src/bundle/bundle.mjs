// Plain JavaScript: src/cli/start.mjs runs it before anything is compiled. Its types are in bundle.d.mts.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { dirname, extname, relative } from "node:path";
import { pathToFileURL } from "node:url";

export async function bundle(entry, options) {
  const { build } = await import("esbuild");
  const hashes = new Map();
  const result = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
    target: "node20",
    charset: "utf8",
    logLevel: "silent",
    define: {
      "import.meta.url": "__fileUrl",
      "import.meta.dirname": "__folder",
      "import.meta.filename": "__file",
    },
    ...options,
    plugins: [{ name: "own-modules", setup: (bundler) => bundler.onLoad({ filter: /\.[jt]s$/ }, load) }],
  });
  return { files: result.outputFiles, hashes };

  function load({ path }) {
    // The checkout itself may be below a folder of that name.
    if (relative(dirname(entry), path).includes("node_modules/")) return undefined;
    const contents = readFileSync(path, "utf8");
    hashes.set(path, hash(contents));
    return { contents: knowingItself(contents, path), loader: extname(path).slice(1) };
  }
}

export function hash(contents) {
  return createHash("sha256").update(contents).digest("hex");
}

/** In a bundle, import.meta is the bundle's. In front of the first line, so that no line moves. */
function knowingItself(contents, path) {
  if (!contents.includes("import.meta.")) return contents;
  const values = { __fileUrl: pathToFileURL(path).href, __folder: dirname(path), __file: path };
  const constants = Object.entries(values).map(([name, value]) => `${name} = ${JSON.stringify(value)}`);
  return `const ${constants.join(", ")}; ${contents}`;
}
