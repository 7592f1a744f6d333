// Starts the command line. Node does not read TypeScript, so src/cli/main.ts runs as a bundle, which is made anew when the
// content of a file that it was made of has changed. Plain JavaScript, since it runs before anything is compiled.
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import module from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { bundle, hash } from "../bundle/bundle.mjs";

const ROOT = path.join(import.meta.dirname, "../..");
const CACHE = path.join(ROOT, ".kasmix", "cli");
const LIST = path.join(CACHE, "files.json");

/** Says which packages are installed. This file decides what is bundled, so it counts too. */
const ALWAYS = ["node_modules/.package-lock.json", "src/bundle/bundle.mjs", "src/cli/start.mjs"];

/** Packages with files of their own, or so large that few commands should wait for them. */
const LEFT_OUT = [
  "esbuild",
  "kubernetes-models",
  "@kubernetes-models/*",
  "ts-json-schema-generator",
  "ts-morph",
];

const folder = current() ?? (await compile());
module.enableCompileCache?.(path.join(folder, "compiled")); // Node 20 has none
await import(pathToFileURL(path.join(folder, "main.mjs")).href);

/** The folder of the last bundle, if it is complete and all that it was made of is still the same. */
function current() {
  try {
    const { files, sizes } = JSON.parse(readFileSync(LIST, "utf8"));
    const made = path.join(CACHE, nameOf(files));
    return isComplete(made, sizes) && files.every(([file, before]) => before === hashOf(file))
      ? made
      : undefined;
  } catch {
    return undefined;
  }
}

async function compile() {
  const always = ALWAYS.map((file) => [file, hashOf(file)]);
  const { files, hashes } = await bundle(path.join(ROOT, "src/cli/main.ts"), {
    absWorkingDir: ROOT,
    outdir: "/",
    outExtension: { ".js": ".mjs" },
    splitting: true,
    external: LEFT_OUT,
    // Some packages are CommonJS and require Node's built-in modules.
    banner: {
      js: 'import { createRequire as makeRequire } from "node:module"; const require = makeRequire(import.meta.url);',
    },
  });
  const read = [...hashes].map(([file, value]) => [path.relative(ROOT, file), value]);
  return keep(files, [...always, ...read]);
}

/** Others may start at the same time: a folder and the list appear at once, complete. */
function keep(files, list) {
  try {
    mkdirSync(CACHE, { recursive: true });
    const made = path.join(CACHE, nameOf(list));
    const partial = mkdtempSync(`${made}.`);
    for (const { path: name, contents } of files) writeFileSync(path.join(partial, name), contents);
    const sizes = files.map(({ path: name, contents }) => [path.basename(name), contents.length]);
    if (isComplete(made, sizes)) rmSync(partial, { recursive: true });
    else {
      rmSync(made, { recursive: true, force: true });
      renameSync(partial, made);
    }
    writeFileSync(`${partial}.json`, JSON.stringify({ files: list, sizes }));
    renameSync(`${partial}.json`, LIST);
    removeOld();
    return made;
  } catch (error) {
    if (!["EACCES", "EROFS", "EPERM"].includes(error.code)) throw error;
    return keepForNow(files);
  }
}

/** Whether the files are there in full: a machine that lost its power may have left empty ones. */
function isComplete(made, sizes) {
  return sizes.every(
    ([name, size]) => statSync(path.join(made, name), { throwIfNoEntry: false })?.size === size,
  );
}

/** In a checkout that this user may not write, each command makes the bundle for itself. */
function keepForNow(files) {
  const made = mkdtempSync(path.join(tmpdir(), "kasmix-cli-"));
  process.on("exit", () => rmSync(made, { recursive: true, force: true }));
  symlinkSync(path.join(ROOT, "node_modules"), path.join(made, "node_modules"));
  for (const { path: name, contents } of files) writeFileSync(path.join(made, name), contents);
  return made;
}

/** Not those of the last hour: a command that still runs may load more of its bundle. */
function removeOld() {
  for (const name of readdirSync(CACHE)) {
    const file = path.join(CACHE, name);
    const { mtimeMs = Date.now() } = statSync(file, { throwIfNoEntry: false }) ?? {};
    if (Date.now() - mtimeMs > 3_600_000) rmSync(file, { recursive: true, force: true });
  }
}

function hashOf(file) {
  return hash(readFileSync(path.join(ROOT, file)));
}

/** The checkout's place is in the bundle too. */
function nameOf(files) {
  return hash(JSON.stringify([ROOT, files])).slice(0, 16);
}
