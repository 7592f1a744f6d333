import { createHash } from "node:crypto";
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync, realpathSync } from "node:fs";
import { readFile, readlink } from "node:fs/promises";
import path from "node:path";
import { readTextIfThere } from "../files/read-text-if-there.ts";
import { replaceFile } from "../files/replace.ts";
import { readOutput } from "./derivations.ts";
import { NIX_OPTIONS } from "./nix.ts";

/** What an evaluation gave. */
export interface Evaluation {
  /** The image's derivation, which a link keeps from garbage collection. */
  readonly derivation: string;
  /** The path of the image that it builds. */
  readonly output: string;
}

export interface EvaluateOptions {
  /** The link to the derivation. */
  readonly link: string;
  /** Arguments of nix-instantiate that choose the image. */
  readonly words: readonly string[];
  /** Whether the image is built from the flake's inputs: they are not part of the checkout. */
  readonly inputs: boolean;
  /** Runs nix-instantiate. */
  readonly instantiate: (args: readonly string[]) => Promise<void>;
}

/**
 * All that the evaluation of an image of Debian's packages may read, below the project's folder. Nix refuses every other
 * file, so nothing else decides what it gives.
 */
const READABLE = ["nix", "src", "workspaces", "package-lock.json", "flake.lock"];

/** Evaluates an image, or remembers what the last evaluation gave if all that it may read is still the same. */
export async function evaluate(root: string, options: EvaluateOptions): Promise<Evaluation> {
  const { link, words, inputs, instantiate } = options;
  const real = realpathSync(root);
  const memory = link.replace(/\.drv$/, ".evaluated");
  const key = () => JSON.stringify([keyOf(real), words, NIX_OPTIONS]);
  const before = inputs ? "" : key();
  const known = await readEvaluation(link).catch(() => undefined);
  if (known !== undefined && readTextIfThere(memory) === before + known.derivation) return known;
  const limits = inputs ? [] : restriction(real);
  await instantiate([path.join(real, "nix"), ...words, "--add-root", link, "--indirect", ...limits]);
  const evaluation = await readEvaluation(link);
  // A file that was changed meanwhile was read as it was before, or as it is now.
  if (!inputs && key() === before) await replaceFile(memory, before + evaluation.derivation);
  return evaluation;
}

async function readEvaluation(link: string): Promise<Evaluation> {
  const derivation = await readlink(link);
  return { derivation, output: readOutput(await readFile(derivation, "utf8")) };
}

/** Each path has a name, since an equals sign in it would end one. */
function restriction(root: string): string[] {
  const paths = present(root).flatMap((each) => ["-I", `readable=${path.join(root, each)}`]);
  return ["--option", "restrict-eval", "true", ...paths];
}

/** Identifies everything that may be read as Nix sees it: names, contents, links, and which files are executable. */
function keyOf(root: string): string {
  const hash = createHash("sha256").update(root);
  const add = (file: string): void => {
    const entry = lstatSync(path.join(root, file));
    const kind = entry.isDirectory() ? "folder" : entry.isSymbolicLink() ? "link" : entry.mode & 0o100;
    const names = kind === "folder" ? readdirSync(path.join(root, file)).sort() : [];
    const content = contentOf(path.join(root, file), kind);
    hash.update(JSON.stringify([file, kind, names, content.length])).update(content);
    for (const name of names) add(path.join(file, name));
  };
  for (const each of present(root)) add(each);
  return hash.digest("hex");
}

function contentOf(file: string, kind: string | number): Buffer {
  if (kind === "folder") return Buffer.alloc(0);
  return kind === "link" ? readlinkSync(file, "buffer") : readFileSync(file);
}

function present(root: string): string[] {
  return READABLE.filter((each) => existsSync(path.join(root, each)));
}
