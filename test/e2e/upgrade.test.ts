import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { detectEngine, type Engine } from "../../src/engine/detect.ts";
import { kasmix } from "../cli/kasmix.ts";
import { freePort } from "../helpers/container.ts";
import { certificate } from "../helpers/gateway.ts";

/**
 * The commands of a user, in a copy of the project with a workspace of its own: no container, volume or password of
 * the checkout is touched. The workspace has no packages besides the core, so little has to be built.
 */
describe("up, again and again", () => {
  let engine: Engine;
  let checkout: Checkout;
  let first: Started;

  beforeAll(async () => {
    engine = await detectEngine();
    await removeAll(engine);
    checkout = await copyProject();
    first = await checkout.up();
  });

  afterAll(async () => {
    await removeAll(engine);
    await checkout?.remove();
  });

  const id = async () => (await engine.run(["container", "inspect", "--format", "{{.Id}}", NAME])).trim();
  const hasVolume = async () => (await engine.attempt(["volume", "inspect", `${NAME}-home`])).ok;
  const inHome = (script: string) => engine.run(["exec", NAME, "sh", "-c", `cd ~; ${script}`]);

  test("up prints where the desktop is and how to get in, and status says that it is ready", async () => {
    expect(first).toEqual({
      workspace: "e2e",
      url: `https://localhost:${checkout.port}/`,
      username: "kasm_user",
      password: expect.stringMatching(/^[A-Za-z0-9]{24}$/),
      container: NAME,
      image: "kasmix/e2e:latest",
      digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
    });
    expect(await checkout.json("status", "e2e")).toMatchObject({ state: "running", ready: true });
  });

  test("a second up changes nothing: the same container goes on", async () => {
    const before = await id();
    expect(await checkout.up()).toEqual(first);
    expect(await id()).toBe(before);
  });

  test("after a change up replaces the container, and home, certificate and password stay", async () => {
    const [before, fingerprint] = [await id(), await certificate(checkout.port)];
    await inHome("echo kept > kept.txt");
    await checkout.change();
    const second = await checkout.up();
    expect(second.digest).not.toBe(first.digest);
    expect(second.password).toBe(first.password);
    expect(await id()).not.toBe(before);
    expect(await inHome("cat kept.txt")).toBe("kept");
    expect(await certificate(checkout.port)).toBe(fingerprint);
    expect(await inHome("cat /etc/changed")).toBe("yes");
  });

  test("down keeps the volume, and up finds home, certificate and password again", async () => {
    const fingerprint = await certificate(checkout.port);
    expect(await checkout.json("down", "e2e")).toMatchObject({ container: true, volumes: [] });
    expect(await checkout.json("status", "e2e")).toMatchObject({ state: "absent" });
    expect(await hasVolume()).toBe(true);
    expect((await checkout.up("--no-build")).password).toBe(first.password);
    expect(await inHome("cat kept.txt")).toBe("kept");
    expect(await certificate(checkout.port)).toBe(fingerprint);
  });

  test("down --volume removes the home and forgets the password", async () => {
    const removed = { container: true, volumes: [`${NAME}-home`] };
    expect(await checkout.json("down", "e2e", "--volume")).toMatchObject(removed);
    expect(await hasVolume()).toBe(false);
    expect((await checkout.up("--no-build")).password).not.toBe(first.password);
    expect(await inHome("ls")).not.toContain("kept.txt");
  });
});

const NAME = "kasmix-e2e";
const PROJECT = fileURLToPath(new URL("../..", import.meta.url));

/** What `up --json` prints. */
interface Started {
  readonly password: string;
  readonly digest: string;
}

interface Checkout {
  readonly port: number;
  up(...flags: string[]): Promise<Started>;
  /** Runs a command with --json. Throws with its stderr when it fails. */
  json(...args: string[]): Promise<unknown>;
  /** Changes the workspace: one more file in the image. */
  change(): Promise<void>;
  remove(): Promise<void>;
}

async function copyProject(): Promise<Checkout> {
  const folder = await mkdtemp(join(tmpdir(), "kasmix-e2e-"));
  for (const part of ["src", "nix", "workspaces", "package.json", "package-lock.json"]) {
    await cp(join(PROJECT, part), join(folder, part), { recursive: true });
  }
  await symlink(join(PROJECT, "node_modules"), join(folder, "node_modules"));
  const workspace = join(folder, "workspaces/e2e/workspace.ts");
  await mkdir(join(folder, "workspaces/e2e"));
  await writeFile(workspace, renderWorkspace([]));
  await writeFile(join(folder, "nix/locks/e2e.json"), await renderLock(folder));
  const port = await freePort();
  const json = async (...args: string[]) => {
    // Not by the launcher, which would install packages through the link if it found them outdated.
    const words = ["--import", "tsx", join(folder, "src/cli/main.ts"), ...args, "--json"];
    const env = { XDG_STATE_HOME: join(folder, "state"), VNC_PW: undefined };
    const { exitCode, stdout, stderr } = await kasmix(words, { file: process.execPath, cwd: folder, env });
    if (exitCode !== 0) throw new Error(`kasmix ${args.join(" ")}: exit code ${exitCode}\n${stderr}`);
    return JSON.parse(stdout);
  };
  return {
    port,
    json,
    up: (...flags) => json("up", "e2e", "--port", String(port), ...flags) as Promise<Started>,
    change: () => writeFile(workspace, renderWorkspace([{ path: "/etc/changed", text: "yes\n" }])),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

function renderWorkspace(files: readonly { readonly path: string; readonly text: string }[]): string {
  const workspace = {
    name: "e2e",
    title: "End to end",
    description: "A workspace of the tests.",
    categories: ["Desktop"],
    base: { distribution: "debian" },
    packages: [],
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

async function removeAll(engine: Engine): Promise<void> {
  await engine.attempt(["rm", "--force", NAME]);
  await engine.attempt(["volume", "rm", "--force", `${NAME}-home`]);
  const images = await engine.attempt(["image", "ls", "--format", "{{.Repository}}:{{.Tag}}", "kasmix/e2e"]);
  const tags = images.stdout.split("\n").filter(Boolean);
  if (tags.length > 0) await engine.attempt(["image", "rm", ...tags]);
}
