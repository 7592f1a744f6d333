import { copyFile, mkdir, rename } from "node:fs/promises";
import { basename, join } from "node:path";
import { runAttached, runProcess } from "../../src/engine/process.ts";
import { DEFINITIONS, type Definition, definitionPath, FOLDER, missingFiles, PROGRAMS } from "./programs.ts";

/**
 * Builds what `./kasmix test kubernetes` starts, from Go's module proxy, once for each version:
 *
 *     node --import tsx test/kubernetes/build.ts
 *
 * It needs Go 1.21 or newer, which fetches the version that go.mod names, and takes some half an hour of one core;
 * `GOFLAGS=-p=1 nice -n 15` before it leaves the machine to others.
 */
const ENVIRONMENT = { GOTOOLCHAIN: "auto", CGO_ENABLED: "0", GOWORK: "off" };

const missing = missingFiles();
await mkdir(FOLDER, { recursive: true });
const kubernetes = JSON.parse(await go("list", "-m", "-json", "k8s.io/kubernetes")).Version as string;
for (const [name, path] of Object.entries(PROGRAMS)) if (missing.includes(name)) await build(name, path);
for (const definition of DEFINITIONS) {
  if (missing.includes(basename(definitionPath(definition)))) await copy(definition);
}
console.log(`${FOLDER} has everything: Kubernetes ${kubernetes}`);

/** Without its version a server of Kubernetes calls itself v0.0.0. */
async function build(name: string, path: string): Promise<void> {
  console.log(`go build ${path}`);
  const [major, minor] = kubernetes.replace("v", "").split(".");
  const values = { gitVersion: kubernetes, gitMajor: major, gitMinor: minor, gitTreeState: "clean" };
  const set = Object.entries(values).map(
    ([key, value]) => `-X k8s.io/component-base/version.${key}=${value}`,
  );
  const file = join(FOLDER, name);
  const words = ["build", "-trimpath", `-ldflags=-s -w ${set.join(" ")}`, "-o", `${file}.new`, path];
  const code = await runAttached("go", words, { cwd: import.meta.dirname, environment: ENVIRONMENT });
  if (code !== 0) throw new Error(`go build ${path}: exit code ${code}`);
  await rename(`${file}.new`, file);
}

async function copy(definition: Definition): Promise<void> {
  const { module, sum, file } = definition;
  console.log(`go mod download ${module}`);
  const { Dir, Sum } = JSON.parse(await go("mod", "download", "-json", module));
  if (Sum !== sum) throw new Error(`${module} has the hash ${Sum}`);
  await copyFile(join(Dir, file), definitionPath(definition));
}

async function go(...words: readonly string[]): Promise<string> {
  const options = { cwd: import.meta.dirname, environment: ENVIRONMENT };
  const { ok, notFound, stdout, stderr } = await runProcess("go", words, options);
  if (notFound)
    throw new Error("Go is not installed: get it from https://go.dev/dl/ or from Debian (golang).");
  if (!ok) throw new Error(`go ${words.join(" ")}: ${stderr}`);
  return stdout;
}
