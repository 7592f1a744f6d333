import { createHash } from "node:crypto";
import { copyFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Engine, lastLine } from "../engine/detect.ts";
import { runLines } from "../engine/process.ts";
import { KasmixError } from "../model/error.ts";
import { proxyVariables } from "../net/proxies.ts";

export interface ImageOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called before the image is made, which takes a minute or more. */
  readonly onStart?: () => void;
  /** Every line that the engine prints. */
  readonly onLine?: (line: string) => void;
}

const ROOT = join(import.meta.dirname, "../..");

/** What the image is made from. */
const FILES = ["src/builder/Dockerfile", "package.json", "package-lock.json"] as const;

/** Lines kept of a failed build. */
const TAIL = 10;

/**
 * The name of the builder's image, which changes with everything that it is made from.
 * @param base what KASMIX_BUILDER_BASE names instead of debian:trixie
 */
export async function builderName(base = process.env.KASMIX_BUILDER_BASE): Promise<string> {
  const hash = createHash("sha256").update(base ?? "");
  for (const file of FILES) hash.update(await readFile(join(ROOT, file)));
  return `kasmix-builder:${hash.digest("hex").slice(0, 12)}`;
}

/** Whether the engine has the builder's image. */
export async function hasBuilder(engine: Engine): Promise<boolean> {
  return (await engine.attempt(["image", "inspect", "--format", "{{.Id}}", await builderName()])).ok;
}

/** The builder's image, made by `docker build` unless the engine has it. Throws E_ENGINE with the engine's last lines. */
export async function ensureBuilder(engine: Engine, options: ImageOptions = {}): Promise<string> {
  const name = await builderName();
  if (await hasBuilder(engine)) return name;
  const folder = await mkdtemp(join(tmpdir(), "kasmix-builder-"));
  try {
    // Only these: the checkout may be large, and what the image does not need must not renew it.
    for (const file of FILES) await copyFile(join(ROOT, file), join(folder, file.replace(/^.*\//, "")));
    options.onStart?.();
    await makeImage(engine, name, folder, options);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return name;
}

/** The command that makes the image, for people. Docker would send the whole checkout to its daemon. */
export function renderBuildCommand(kind: Engine["kind"], name: string): string {
  const build = `${kind} build ${buildOptions(name).join(" ")} --file ${FILES[0]}`;
  return kind === "docker" ? `tar --create ${FILES.join(" ")} | ${build} -` : `${build} .`;
}

function buildOptions(name: string): string[] {
  const base = process.env.KASMIX_BUILDER_BASE;
  return ["--tag", name, ...(base ? ["--build-arg", `BASE=${base}`] : [])];
}

async function makeImage(
  engine: Engine,
  name: string,
  folder: string,
  { signal, onLine }: ImageOptions,
): Promise<void> {
  // By name alone: the address of a proxy may hold a password. The engine takes the value from the environment.
  const names = Object.keys(proxyVariables(process.env));
  if (process.env.npm_config_registry) names.push("npm_config_registry");
  const passed = names.flatMap((each) => ["--build-arg", each]);
  const tail: string[] = [];
  const onEach = (line: string): void => {
    if (line.trim() !== "") tail.push(line);
    if (tail.length > TAIL) tail.shift();
    onLine?.(line);
  };
  const args = [...engine.globalOptions, "build", ...buildOptions(name), ...passed, folder];
  const { exitCode } = await runLines(engine.kind, args, onEach, { signal, from: "all" });
  if (exitCode === 0) return;
  throw new KasmixError("E_ENGINE", `The builder cannot be made: ${lastLine(tail.join("\n"))}`, {
    faults: [{ path: `${engine.kind} build`, message: tail.join("\n") }],
    fix: "It takes debian:trixie (KASMIX_BUILDER_BASE names another image of Debian 13), packages of Debian and of npm: check the network, the proxy and the space on the engine's disk.",
  });
}
