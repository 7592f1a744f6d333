import { appendFile, cp, readdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { NIX_ENVIRONMENT, NIX_OPTIONS } from "../../src/engine/nix.ts";
import { runLines } from "../../src/engine/process.ts";
import { KasmixError } from "../../src/model/error.ts";
import { type Context, run } from "./context.ts";

/**
 * A copy of the user's checkout in which nothing is built yet: its workspace has another name, and every build script
 * a line of comment more, so that each derivation but the pinned fetches is a new one. So a build from scratch is
 * measured without deleting anything from the user's Nix store, engine or checkout.
 */
export interface Checkout {
  readonly root: string;
  readonly workspace: string;
  /** Runs `./kasmix` there and returns its JSON. */
  kasmix<T>(...args: readonly string[]): Promise<T>;
  /** Runs it and passes on each line that it prints for people. */
  follow(args: readonly string[], onLine: (line: string) => void): Promise<void>;
  /** The derivation of the image, evaluated now. */
  derivation(): Promise<string>;
  /** Store paths that only this copy builds, without downloads. */
  ownOutputs(): Promise<string[]>;
  /** All that ownOutputs has ever given. */
  readonly everBuilt: ReadonlySet<string>;
  /** Changes the program that every container runs. */
  changeScript(): Promise<void>;
}

/** Makes the copy. */
export async function copyCheckout(context: Context): Promise<Checkout> {
  const root = path.join(context.scratch, "checkout");
  const workspace = `${context.workspace}-bench`;
  await copyTree(context.root, root);
  await renameWorkspace(root, context.workspace, workspace);
  await saltScripts(path.join(root, "nix"), `${Date.now()}`);
  for (const lock of ["core", workspace]) await moveTimestamp(path.join(root, "nix/locks", `${lock}.json`));
  const checkout = createCheckout(context, root, workspace);
  await checkout.kasmix("generate", workspace);
  return checkout;
}

function createCheckout(context: Context, root: string, workspace: string): Checkout {
  const { signal } = context;
  const derivation = (at = root, name = workspace) => instantiate(path.join(at, "nix"), name, signal);
  const everBuilt = new Set<string>();
  const command = path.join(root, "kasmix");
  const environment = {
    KASMIX_ENGINE: context.engine.kind,
    XDG_STATE_HOME: path.join(context.scratch, "state"),
  };
  return {
    root,
    workspace,
    everBuilt,
    derivation: () => derivation(),
    async follow(args, onLine) {
      const { exitCode } = await runLines(command, args, onLine, { signal, environment, from: "stderr" });
      if (exitCode !== 0) throw new KasmixError("E_BUILD", `kasmix ${args.join(" ")} failed.`);
    },
    async kasmix(...args) {
      return JSON.parse(await run("E_BUILD", { signal, environment })`${command} ${args} --json`);
    },
    async ownOutputs() {
      const shared = new Set(await outputsBelow(await derivation(context.root, context.workspace), signal));
      const all = await outputsBelow(await derivation(), signal);
      const own = all.filter((output) => !shared.has(output));
      for (const output of own) everBuilt.add(output);
      return own;
    },
    async changeScript() {
      const script = path.join(root, "src/runtime/main.ts");
      await appendFile(script, `\nprocess.env.KASMIX_BENCH = "${Date.now()}";\n`);
    },
  };
}

const NOT_COPIED = [".git", "node_modules", ".kasmix", "test-output"];

/** With their times: `kasmix` compares those of package-lock.json and of the installed packages. */
async function copyTree(from: string, to: string): Promise<void> {
  const filter = (source: string) => !NOT_COPIED.includes(path.relative(from, source));
  await cp(from, to, { recursive: true, preserveTimestamps: true, filter });
  await symlink(path.join(from, "node_modules"), path.join(to, "node_modules"));
}

async function renameWorkspace(root: string, from: string, to: string): Promise<void> {
  const at = (...parts: string[]) => path.join(root, ...parts);
  await rename(at("workspaces", from), at("workspaces", to));
  await rename(at("nix/locks", `${from}.json`), at("nix/locks", `${to}.json`));
  await rm(at("nix/workspaces", `${from}.nix`));
  await rm(at("nix/workspaces", from), { recursive: true });
  await edit(at("workspaces", to, "workspace.ts"), `name: "${from}"`, () => `name: "${to}"`);
}

async function saltScripts(folder: string, salt: string): Promise<void> {
  const names = await readdir(folder, { recursive: true });
  const scripts = names.filter((name) => name.endsWith(".sh") && !name.startsWith("workspaces/"));
  for (const script of scripts) await appendFile(path.join(folder, script), `\n# ${salt}\n`);
}

/** Another build time results in layers that the engine does not have: a load has to send them all. */
async function moveTimestamp(lock: string): Promise<void> {
  const time = new Date().toISOString().slice(11, 19).replaceAll(":", "");
  await edit(lock, /("archives": \{.*?\})/, (archives) => archives.replaceAll(/T[0-9]{6}Z/g, `T${time}Z`));
}

async function edit(file: string, what: string | RegExp, into: (found: string) => string) {
  const text = await readFile(file, "utf8");
  const edited = text.replace(what, into);
  if (edited === text) throw new KasmixError("E_INTERNAL", `The bench cannot find ${what} in ${file}.`);
  await writeFile(file, edited);
}

async function instantiate(nix: string, name: string, signal: AbortSignal): Promise<string> {
  const options = { signal, environment: NIX_ENVIRONMENT };
  const printed = await run("E_BUILD", options)`nix-instantiate ${nix} --attr ${name} ${NIX_OPTIONS}`;
  return printed.trim();
}

async function outputsBelow(derivation: string, signal: AbortSignal): Promise<string[]> {
  const query = async (...args: string[]) =>
    (await run("E_BUILD", { signal, environment: NIX_ENVIRONMENT })`nix-store --query ${args}`)
      .split("\n")
      .filter(Boolean);
  const below = await query("--requisites", derivation);
  return await query("--outputs", ...below.filter((file) => file.endsWith(".drv")));
}
