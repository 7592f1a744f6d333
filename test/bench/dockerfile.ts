import { appendFile, copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Lock } from "../../src/debian/format.ts";
import { readLocks } from "../../src/debian/read.ts";
import type { Image } from "../../src/engine/image.ts";
import { openShell } from "../../src/engine/shell.ts";
import { KasmixError } from "../../src/model/error.ts";
import { type Context, run, timed, timedRuns } from "./context.ts";
import { serveRepository } from "./repository.ts";

export interface DockerfileBuild {
  readonly tag: string;
  /** Folder with the Dockerfile. */
  readonly folder: string;
  /** Seconds to make the base with mmdebstrap and to import it. */
  readonly base: number;
  /** Seconds of `docker build` without a cache. */
  readonly cold: number;
  /** Seconds of each run. */
  readonly unchanged: readonly number[];
}

export interface DockerfileBuilds {
  readonly plain: DockerfileBuild;
  /** With a base that leaves out documentation and translations as Kasmix does, and Debian's slim images. */
  readonly slim: DockerfileBuild;
}

const REPOSITORY = "kasmix-bench";
const LABEL = "io.kasmix.bench";

/** Content of the Dockerfile's layers on top of the packages: the same as in the Kasmix image. */
type Content = Pick<Image, "layers" | "config">;

/** Builds the same image from a Dockerfile, with the engine's own builder: the locks' packages by apt, same files. */
export async function measureDockerfileBuilds(context: Context, image: Content): Promise<DockerfileBuilds> {
  const { core, own } = await readLocks(context.root, context.workspace);
  const source = await serveRepository(context, [core, own]);
  context.atEnd(() => removeImages(context));
  const common = { source, image, requested: [...new Set([...core.requested, ...own.requested])].sort() };
  const plain = await measureBuild(context, { ...common, variant: "plain" });
  const slim = await measureBuild(context, { ...common, variant: "slim" });
  return { plain, slim };
}

/** Builds the image again after a change in its folder. */
export async function buildDockerfile(
  context: Context,
  { folder, tag }: Pick<DockerfileBuild, "folder" | "tag">,
  options: readonly string[] = [],
): Promise<void> {
  const environment = { DOCKER_BUILDKIT: "0" };
  const build = run("E_ENGINE", { signal: context.signal, environment });
  await build`${context.engine.kind} build --network host --quiet --tag ${tag} ${options} ${folder}`;
}

/** Changes the program that every container runs, which the Dockerfile copies last. */
export async function changeScript({ folder }: Pick<DockerfileBuild, "folder">): Promise<void> {
  await appendFile(path.join(folder, "entrypoint.mjs"), `process.env.KASMIX_BENCH = "${Date.now()}";\n`);
}

interface Recipe {
  readonly variant: "plain" | "slim";
  /** Line for sources.list. */
  readonly source: string;
  readonly requested: Lock["requested"];
  readonly image: Content;
}

async function measureBuild(context: Context, recipe: Recipe): Promise<DockerfileBuild> {
  const { say, runs } = context;
  const { variant } = recipe;
  const folder = path.join(context.scratch, `dockerfile-${variant}`);
  const build = { folder, tag: `${REPOSITORY}/${variant}` };
  await writeContext(context, folder, recipe);
  say(`Dockerfile (${variant}): making the base`);
  const base = await timed(() => makeBase(context, recipe));
  say(`Dockerfile (${variant}): building`);
  const cold = await timed(() => buildDockerfile(context, build, ["--no-cache"]));
  const again = variant === "plain" ? runs : 0;
  const unchanged = await timedRuns(again, () => buildDockerfile(context, build));
  return { ...build, base, cold, unchanged };
}

/** As Debian's official images are made: the required packages, without fsync for every file. */
async function makeBase({ root, scratch, engine, signal }: Context, { variant, source }: Recipe) {
  const tarball = path.join(scratch, "base.tar");
  const trim = variant === "slim" ? [`--dpkgopt=${path.join(root, "nix/debian/trim.cfg")}`] : [];
  const options = ["--mode=root", "--variant=minbase", "--quiet", "--dpkgopt=force-unsafe-io", ...trim];
  await run("E_BUILD", { signal })`mmdebstrap ${options} trixie ${tarball} ${source}`;
  await run("E_ENGINE", { signal })`${engine.kind} import ${tarball} ${`${REPOSITORY}/${variant}-base`}`;
}

async function writeContext(
  { root, signal }: Context,
  folder: string,
  { variant, requested, image }: Recipe,
) {
  const added = image.layers
    .filter(({ kind }) => kind !== "packages")
    .map(({ file }, index) => ({ file, archive: `files-${index}.tar` }));
  const script = added.at(-1);
  if (script === undefined) throw new KasmixError("E_INTERNAL", "The image has no layer of files.");
  await mkdir(folder, { recursive: true });
  await Promise.all(added.map(({ file, archive }) => copyFile(file, path.join(folder, archive))));
  const tar = run("E_BUILD", { signal });
  const entrypoint = await tar`tar --extract --to-stdout --file ${script.file} ./opt/kasmix/entrypoint.mjs`;
  await writeFile(path.join(folder, "entrypoint.mjs"), `${entrypoint}\n`);
  const setup = await readFile(path.join(root, "nix/debian/user.sh"), "utf8");
  const { config }: { config: ImageConfig } = JSON.parse(await readFile(image.config.file, "utf8"));
  const archives = added.map(({ archive }) => archive);
  const dockerfile = renderDockerfile({ variant, requested, setup, archives, config });
  await writeFile(path.join(folder, "Dockerfile"), dockerfile);
}

/** The parts of an image's configuration that a Dockerfile repeats. */
export interface ImageConfig {
  readonly Env: readonly string[];
  readonly Entrypoint: readonly string[];
  readonly User: string;
  readonly WorkingDir: string;
}

/** The Dockerfile that one would write for the same image. */
export function renderDockerfile(recipe: {
  readonly variant: string;
  readonly requested: readonly string[];
  /** Shell commands, run after the packages. */
  readonly setup: string;
  /** What is unpacked over the packages, in this order. */
  readonly archives: readonly string[];
  readonly config: ImageConfig;
}): string {
  const { variant, requested, setup, archives, config } = recipe;
  const commands = setup.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  const install = [
    "apt-get update",
    `DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends ${requested.join(" ")}`,
    "apt-get clean",
    "rm -rf /var/lib/apt/lists/* /var/cache/apt/archives",
    ...commands,
  ];
  return [
    `FROM ${REPOSITORY}/${variant}-base`,
    `LABEL ${LABEL}=${variant}`,
    `RUN ${install.join(" \\\n && ")}`,
    ...archives.map((archive) => `ADD ${archive} /`),
    "COPY entrypoint.mjs /opt/kasmix/entrypoint.mjs",
    `ENV ${config.Env.map(quoteAssignment).join(" ")}`,
    `USER ${config.User}`,
    `WORKDIR ${config.WorkingDir}`,
    "EXPOSE 6901",
    `VOLUME ${config.WorkingDir}`,
    `ENTRYPOINT ${JSON.stringify(config.Entrypoint)}`,
    "",
  ].join("\n");
}

/** `NAME=value` with the value in quotes, in which `$` and `\` would mean something. */
function quoteAssignment(assignment: string): string {
  const [, name, value = ""] = /^([^=]+)=(.*)$/s.exec(assignment) ?? [];
  return `${name}="${value.replaceAll(/["\\$]/g, "\\$&")}"`;
}

async function removeImages({ engine, say }: Context): Promise<void> {
  const tags = ["plain", "slim"].flatMap((variant) => [
    `${REPOSITORY}/${variant}`,
    `${REPOSITORY}/${variant}-base`,
  ]);
  const shell = await openShell();
  for (const tag of tags) await shell`${engine.kind} image rm --force ${tag}`;
  // Images whose name a rebuild has taken.
  const { ok } = await shell`${engine.kind} image prune --force --filter ${`label=${LABEL}`}`;
  if (!ok) say("Images of the bench may be left: docker image ls");
}
