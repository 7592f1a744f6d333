import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { detectEngine } from "../../src/engine/detect.ts";
import { containerName, volumeName } from "../../src/engine/settings.ts";
import { kasmix } from "../cli/kasmix.ts";
import { freePort } from "./free-port.ts";

const PROJECT = fileURLToPath(new URL("../..", import.meta.url));

/** What `up --json` prints. */
export interface Started {
  readonly url: string;
  readonly container: string;
  readonly password: string;
  readonly digest: string;
}

/** A copy of the project with a workspace of a test's own. */
export interface Checkout {
  readonly folder: string;
  readonly workspace: string;
  readonly container: string;
  /** Where `KASMIX_PORT` and `up` have the workspace listen. */
  readonly port: number;
  /** What the commands need in their environment. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  up(...flags: string[]): Promise<Started>;
  /** Runs a command with --json. Throws with its stderr when it fails. */
  json(...args: string[]): Promise<unknown>;
  /** Changes the workspace: one more file in the image. */
  change(): Promise<void>;
  /** Removes container, home and images from the engine. */
  forget(): Promise<void>;
  /** The same, and removes the copy. */
  remove(): Promise<void>;
}

export interface CopyOptions {
  /** Debian packages of the workspace, besides the core. @default none, so that little has to be built */
  readonly packages?: readonly string[];
  /** File with the lock of those packages. */
  readonly lock?: string;
  /** More variables for the commands; changes apply to later commands. */
  readonly variables?: Readonly<Record<string, string>>;
}

/**
 * A copy of the project with a further workspace, whose name no other file may use. It touches none of the checkout's
 * containers, volumes and passwords, and starts without what an earlier run left in the engine.
 */
export async function copyProject(
  name: string,
  { packages = [], lock, variables = {} }: CopyOptions = {},
): Promise<Checkout> {
  const folder = await mkdtemp(join(tmpdir(), "kasmix-e2e-"));
  const parts = [
    "src",
    "nix",
    "workspaces",
    "package.json",
    "package-lock.json",
    "flake.nix",
    "flake.lock",
    "test/nix",
  ];
  for (const part of parts) {
    await cp(join(PROJECT, part), join(folder, part), { recursive: true });
  }
  await symlink(join(PROJECT, "node_modules"), join(folder, "node_modules"));
  const file = join(folder, `workspaces/${name}/workspace.ts`);
  await mkdir(join(folder, "workspaces", name));
  await writeFile(file, renderWorkspace(name, packages, []));
  const locked = lock === undefined ? await renderLock(folder) : await readFile(lock, "utf8");
  await writeFile(join(folder, `nix/locks/${name}.json`), locked);
  const port = await freePort();
  const environment = { XDG_STATE_HOME: join(folder, "state"), KASMIX_PORT: String(port), VNC_PW: undefined };
  const json = async (...args: string[]) => {
    // Not by the launcher, which would install packages through the link if it found them outdated.
    const words = ["--import", "tsx", join(folder, "src/cli/main.ts"), ...args, "--json"];
    const options = { file: process.execPath, cwd: folder, env: { ...environment, ...variables } };
    const { exitCode, stdout, stderr } = await kasmix(words, options);
    if (exitCode !== 0) throw new Error(`kasmix ${args.join(" ")}: exit code ${exitCode}\n${stderr}`);
    return JSON.parse(stdout);
  };
  const forget = () => removeFromEngine(name);
  await forget();
  return {
    folder,
    workspace: name,
    container: containerName(name),
    port,
    environment,
    json,
    up: (...flags) => json("up", name, ...flags) as Promise<Started>,
    change: () => writeFile(file, renderWorkspace(name, packages, [{ path: "/etc/changed", text: "yes\n" }])),
    forget,
    async remove() {
      await forget();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function renderWorkspace(
  name: string,
  packages: readonly string[],
  files: readonly { readonly path: string; readonly text: string }[],
): string {
  const workspace = {
    name,
    title: "End to end",
    description: "A workspace of the tests.",
    categories: ["Desktop"],
    base: { distribution: "debian" },
    packages,
    apps: [],
    files,
  };
  const define = JSON.stringify(join(PROJECT, "src/model/define.ts"));
  return `import { defineWorkspace } from ${define};\nexport default defineWorkspace(${JSON.stringify(workspace)});\n`;
}

/** What `kasmix lock` writes for a workspace that names no packages; without asking any mirror. */
async function renderLock(folder: string): Promise<string> {
  const core = JSON.parse(await readFile(join(folder, "nix/locks/core.json"), "utf8"));
  return JSON.stringify({ ...core, requested: [], packages: [], steps: [] });
}

async function removeFromEngine(name: string): Promise<void> {
  const engine = await detectEngine();
  await engine.attempt(["rm", "--force", containerName(name)]);
  await engine.attempt(["volume", "rm", "--force", volumeName(name)]);
  const list = ["image", "ls", "--format", "{{.Repository}}:{{.Tag}}", `kasmix/${name}`];
  const tags = (await engine.attempt(list)).stdout.split("\n").filter(Boolean);
  if (tags.length > 0) await engine.attempt(["image", "rm", ...tags]);
}
