import { fileURLToPath } from "node:url";
import { findLastBuild, lastBuild } from "../../../src/engine/build.ts";
import { listWorkspaces, loadWorkspace } from "../../../src/model/load.ts";
import { MANIFEST } from "../../../src/oci/artifact.ts";
import { openRegistry } from "../../../src/oci/client.ts";
import { isLoopback } from "../../../src/oci/push.ts";
import { parseReference } from "../../../src/oci/reference.ts";
import { fleetOf, type ScaledImage, simulate, type Update, yearOf } from "./simulate.ts";

/**
 * Prints the tables of docs/operate/scale.md. The images have to be in a registry already, as HOST/PATH/WORKSPACE:1.0, for
 * nodes pull the layers from there; workspaces with vendor software are built without it. All built ones, unless some are
 * named; `desktop` is the first:
 * node --import tsx test/bench/scale/main.ts localhost:5000/team [WORKSPACE...]
 */
const ROOT = fileURLToPath(new URL("../../..", import.meta.url)).replace(/\/$/, "");
const MIB = 1024 ** 2;

const [place = "localhost:5000/team", ...names] = process.argv.slice(2);
const images: ScaledImage[] = [];
for (const name of names.length > 0 ? names : await builtOnes()) {
  images.push({ name, layers: await layersOf(name) });
}
process.stdout.write(`${[layerTable(), nodeTable(), updateTable()].join("\n\n")}\n`);

async function builtOnes(): Promise<string[]> {
  const built: string[] = [];
  for (const name of await listWorkspaces(ROOT)) {
    const found = await Promise.all(
      [false, true].map((withoutVendor) => findLastBuild(ROOT, name, { withoutVendor })),
    );
    if (found.some((path) => path !== undefined)) built.push(name);
  }
  return built.sort((a, b) => Number(b === "desktop") - Number(a === "desktop"));
}

/** Kinds are known from the build, digests and sizes from the registry; the order is the same. */
async function layersOf(workspace: string): Promise<ScaledImage["layers"]> {
  const { vendor = {} } = await loadWorkspace(ROOT, workspace);
  const withoutVendor = Object.keys(vendor).length > 0;
  const { image } = await lastBuild(ROOT, workspace, { withoutVendor });
  const { registry, repository, tag } = parseReference(`${place}/${workspace}:1.0`);
  const client = openRegistry({ registry, repository, insecure: isLoopback(registry) });
  const headers = { accept: MANIFEST };
  const { body } = await client.ask({ method: "GET", path: `manifests/${tag}`, headers, expected: [200] });
  const { layers }: { layers: { digest: string; size: number }[] } = JSON.parse(body.toString("utf8"));
  return layers.map(({ digest, size }, index) => {
    const kind = index === 0 ? "core" : (image.layers[index]?.kind ?? "unknown");
    // Files before the last layer, which is Kasmix's, are the packages' translations.
    const own = kind === "files" && index < layers.length - 1 ? "packages" : kind;
    return { digest, size, kind: own };
  });
}

function layerTable(): string {
  const rows = images.flatMap(({ name, layers }) =>
    layers.map(({ digest, kind, size }) => [name, kind, digest.slice(7, 19), mib(size)]),
  );
  return table(["image", "layer", "digest", "compressed"], rows);
}

function nodeTable(): string {
  const rows = [1, 4, images.length, 100, 1000].map((count) => {
    const fleet = fleetOf(images, count);
    const first = simulate(fleet);
    const year = simulate(fleet, yearOf(fleet));
    return [count, gib(first.shared), gib(first.whole), gib(year.shared), gib(year.whole)];
  });
  return table(["workspaces", "first pull", "... unshared", "first year", "... unshared"], rows);
}

function updateTable(): string {
  const first = simulate(images);
  const updates: [string, Update][] = [
    ["Kasmix itself", { kind: "kasmix" }],
    ...images.map(({ name }): [string, Update] => [`packages of ${name}`, { kind: "packages", image: name }]),
    ["core", { kind: "core" }],
  ];
  const rows = updates.map(([name, update]) => {
    const { shared, whole } = simulate(images, [update]);
    return [name, mib(shared - first.shared), mib(whole - first.whole)];
  });
  return table(["update", "pulled", "... unshared"], rows);
}

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, index) => (index === 0 ? "---" : "---:"))), ...rows.map(line)].join(
    "\n",
  );
}

function mib(bytes: number): string {
  return `${(bytes / MIB).toFixed(bytes < 10 * MIB ? 1 : 0)} MiB`;
}

function gib(bytes: number): string {
  return `${(bytes / MIB / 1024).toFixed(2)} GiB`;
}
