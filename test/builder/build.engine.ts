import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Builder, withContainer } from "../../src/builder/container.ts";
import { builderName } from "../../src/builder/image.ts";
import { findMirrors } from "../../src/debian/mirrors.ts";
import { buildImage } from "../../src/engine/build.ts";
import { detectEngine, type Engine } from "../../src/engine/detect.ts";
import { openProcess, runProcess } from "../../src/engine/process.ts";
import { kasmix, type Run } from "../cli/kasmix.ts";
import { busyboxLayer } from "../engine/helpers/busybox.ts";
import { makeLayout } from "../engine/helpers/layout.ts";
import { eventually } from "../helpers/eventually.ts";

/**
 * `./kasmix` by a user without root who may use Docker and has no Nix: he has a copy of the checkout, and a PATH of a few
 * programs. The builder is the real one, on a Debian that is made here.
 */
const ROOT = path.join(import.meta.dirname, "../..");
const BASE = `kasmix-test-base-${process.pid}`;
const NAME = `kasmix/test-builder-${process.pid}`;
const NOBODY = 65_534;
const PROGRAMS = ["docker", "podman", "dirname", "readlink", "sed", "flock", "touch"];

let engine: Engine;
let builder: Builder;
let home: string;
let checkout: string;
let layout: string;

beforeAll(async () => {
  engine = await detectEngine();
  home = await mkdtemp(path.join(tmpdir(), "kasmix-builder-test-"));
  checkout = path.join(home, "checkout");
  await makeBase();
  builder = { engine, image: await builderName(BASE) };
  await copyCheckout();
  await runProcess("chown", ["--recursive", "--no-dereference", `${NOBODY}:${NOBODY}`, home]);
  await chmod(home, 0o755);
  // Links: so their owner stays.
  await runProcess("cp", ["--recursive", "--link", path.join(ROOT, "node_modules"), checkout]);
}, 600_000);

afterAll(async () => {
  const loaded = await engine.run(["image", "ls", "--quiet", "--filter", `reference=${NAME}`]);
  for (const image of [...loaded.split("\n").filter(Boolean), builder.image, BASE])
    await engine.attempt(["image", "rm", "--force", image]);
  for (const folder of [home, layout]) await rm(folder, { recursive: true, force: true });
});

/** The smallest Debian 13, which trusts what this machine trusts. */
async function makeBase(): Promise<void> {
  const mirror = (await findMirrors()).debian[0] ?? "";
  const trust =
    'tar --create --directory / usr/local/share/ca-certificates | tar --extract --directory "$1" && chroot "$1" update-ca-certificates';
  const made = `setsid --wait mmdebstrap --quiet --variant=apt --include=ca-certificates --customize-hook='${trust}' trixie - ${mirror}`;
  const result = await runProcess("sh", ["-c", `${made} | ${engine.kind} import - ${BASE}`]);
  if (!result.ok) throw new Error(result.stderr);
}

/** With an image that a static busybox copies; of Debian's packages, only that is locked. */
async function copyCheckout(): Promise<void> {
  const parts = ["kasmix", "nix", "package.json", "package-lock.json", "src", "workspaces"];
  // With their times, by which the launcher sees that the packages are current.
  const options = { recursive: true, preserveTimestamps: true };
  for (const part of parts) await cp(path.join(ROOT, part), path.join(checkout, part), options);
  await mkdir(path.join(home, "bin"));
  for (const name of PROGRAMS) {
    const { stdout } = await runProcess("sh", ["-c", `command -v ${name}`]);
    if (stdout !== "") await symlink(stdout.trim(), path.join(home, "bin", name));
  }
  await symlink(process.execPath, path.join(home, "bin/node"));
  const lock = path.join(checkout, "nix/locks/tools.json");
  const { packages, ...rest } = JSON.parse(await readFile(lock, "utf8"));
  const busybox = packages.filter(({ name }: { name: string }) => name === "busybox-static");
  const requested = ["busybox-static"];
  const steps = [{ unpack: requested }, { configure: requested }];
  await writeFile(lock, JSON.stringify({ ...rest, requested, steps, packages: busybox }));
  const [program] = await busyboxLayer();
  await mkdir(path.join(checkout, "nix/bin"));
  await writeFile(path.join(checkout, "nix/bin/busybox"), program?.content ?? "", { mode: 0o755 });
  layout = await makeLayout({
    name: NAME,
    layers: [[{ name: "big", content: Buffer.alloc(3_000_000, NAME) }], [{ name: "top", content: NAME }]],
  });
  await cp(layout, path.join(checkout, "nix/layout"), { recursive: true });
  await expression("$builder cp -r $layout $out");
}

async function expression(script: string): Promise<void> {
  const image = `derivation {
    name = "tiny-image"; system = builtins.currentSystem; builder = "\${./bin}/busybox";
    args = [ "sh" "-euc" ${JSON.stringify(script)} ]; layout = ./layout;
  }`;
  await writeFile(path.join(checkout, "nix/default.nix"), `{ ... }: { desktop-nixpkgs = ${image}; }`);
}

async function asUser(): Promise<{ words: string[]; env: Record<string, string> }> {
  const { stdout } = await runProcess("stat", ["--format", "%g", "/var/run/docker.sock"]);
  const groups = `--groups=${stdout.trim() || NOBODY}`;
  const words = [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, groups, "--", path.join(checkout, "kasmix")];
  const env = {
    HOME: home,
    PATH: path.join(home, "bin"),
    KASMIX_BUILDER_BASE: BASE,
    KASMIX_ENGINE: engine.kind,
  };
  return { words, env };
}

async function user(...args: string[]): Promise<Run> {
  const { words, env } = await asUser();
  return kasmix([...words, ...args], { file: "/usr/bin/setpriv", env, extendEnv: false });
}

const BUILD = ["build", "desktop-nixpkgs"];

it("doctor says that images are built in a container, and by which command its image is made", async () => {
  const { exitCode, stdout, stderr } = await user("doctor");
  expect(exitCode).toBe(8);
  expect(stdout).toMatch(/^missing +builder +Nix is not here, so images are built in a container/m);
  expect(stderr).toContain(`${engine.kind} build --tag ${builder.image} --build-arg BASE=${BASE}`);
});

it("names what the builder's image needs where it cannot be made", async () => {
  const { words, env } = await asUser();
  const none = { ...env, KASMIX_BUILDER_BASE: "registry.invalid/debian" };
  const run = await kasmix([...words, ...BUILD], { file: "/usr/bin/setpriv", env: none, extendEnv: false });
  expect(run).toMatchObject({ exitCode: 6, stdout: "" });
  expect(run.stderr).toContain("error: The builder cannot be made:");
  expect(run.stderr).toContain("KASMIX_BUILDER_BASE names another image");
});

it("builds the same image as Nix on this machine, and loads it", { timeout: 300_000 }, async () => {
  const built = await user(...BUILD, "--json");
  expect(built).toMatchObject({ exitCode: 0, stderr: expect.stringContaining("Made the builder") });
  const inside = JSON.parse(built.stdout);
  const here = path.join(home, "here");
  await cp(path.join(checkout, "nix"), path.join(here, "nix"), { recursive: true });
  const outside = await buildImage(here, "desktop", { suffix: "-nixpkgs" });
  expect(inside).toMatchObject({ image: NAME, digest: outside.image.digest });
  const loaded = await user("load", "desktop-nixpkgs", "--json");
  expect(JSON.parse(loaded.stdout)).toMatchObject({ layersSent: 2, digest: inside.digest });
  const id = await engine.run(["image", "inspect", "--format", "{{.Id}}", `${NAME}:latest`]);
  expect(id.trim().replace(/^(sha256:)?/, "sha256:")).toBe(outside.image.config.digest);
});

it("has nothing to do the next time, and leaves neither a container nor another owner's file", async () => {
  expect((await user(...BUILD)).stderr).toMatch(/^kasmix\/test-builder-\S+ [0-9a-f]{12} is up to date$/);
  expect((await user("doctor")).stdout).toMatch(new RegExp(`^ok +builder .*${builder.image}$`, "m"));
  expect(await containers()).toBe("");
  const kept = path.join(checkout, ".kasmix");
  expect((await runProcess("find", [kept, "!", "-user", "nobody"])).stdout).toBe("");
});

it("reports a failed build once, with the exit code that it has elsewhere", async () => {
  await expression("echo the reason; exit 1");
  const { exitCode, stdout, stderr } = await user(...BUILD, "--json");
  expect(exitCode).toBe(5);
  expect(stderr.match(/the reason/g)).toHaveLength(1);
  expect(JSON.parse(stdout).error).toMatchObject({
    code: "E_BUILD",
    fix: expect.stringContaining("--volume kasmix-nix:/nix"),
  });
});

it("ends on Ctrl-C with everything in the container", async () => {
  await expression("echo begun; $builder sleep 1000");
  const { words, env } = await asUser();
  const child = spawn("/usr/bin/setpriv", [...words, ...BUILD, "--verbose"], {
    env,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.on("data", (chunk) => (said += chunk));
  await eventually(async () => expect(said).toContain("tiny-image> begun"), { timeout: 60_000 });
  child.kill("SIGINT");
  expect(await once(child, "exit")).toEqual([130, null]);
  expect(said).toContain("Interrupted.");
  expect(await containers()).toBe("");
});

it("has no root, no capability, and nothing of this machine in the container", async () => {
  const command = [
    "sh",
    "-c",
    "grep -E '^(Uid|Cap|NoNewPrivs)' /proc/self/status; cut -d' ' -f2,3 /proc/mounts",
  ];
  const seen = await withContainer(builder, command, { offline: true }, async (id) => {
    const { stdout } = openProcess(engine.kind, [...engine.globalOptions, "start", "--attach", id]);
    const shown = await text(stdout);
    return { shown, binds: await engine.run(["inspect", "--format", "{{json .Mounts}}", id]) };
  });
  expect(seen.shown).toMatch(/^Uid:\t1000\t1000\t1000\t1000$/m);
  for (const set of ["Prm", "Eff", "Bnd", "Amb"])
    expect(seen.shown).toMatch(new RegExp(`^Cap${set}:\t0{16}$`, "m"));
  expect(seen.shown).toMatch(/^NoNewPrivs:\t1$/m);
  expect(JSON.parse(seen.binds)).toMatchObject([{ Type: "volume", Name: "kasmix-nix", Destination: "/nix" }]);
});

function containers(): Promise<string> {
  return engine.run(["ps", "--all", "--quiet", "--filter", `ancestor=${builder.image}`]);
}
