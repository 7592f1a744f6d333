import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { detectEngine } from "../../../src/engine/detect.ts";
import { readImage, tagsOf } from "../../../src/engine/image.ts";
import { loadImage } from "../../../src/engine/load.ts";
import { listArchive } from "./layers.ts";
import { inRoot, nix, nixLines, ROOT } from "./nix.ts";

/**
 * Packages as nixpkgs has them, that refer to one another: app -> library -> tools of the builders and a shell, beside
 * them the runtime; the one of them that all need has links, equal files and names that are awkward.
 */
const PACKAGES = `
  all = import ${ROOT}/nix { };
  inherit (all.parts) bootstrap buildImage layClosure runtime tools;
  make = name: refers: bootstrap.run name (builtins.toFile "make.sh" ''
    mkdir -p $out/bin $out/share
    printf '#!%s/usr/bin/busybox sh\\necho %s from %s\\n' "$busybox" "$name" "$(echo $refers)" > $out/bin/$name
    chmod 755 $out/bin/$name
    echo same > $out/share/one; echo same > $out/share/two
    ln -s one $out/share/link
    # Longer than the oldest format of archives has room for.
    long=$(printf '%0120d' 0)
    mkdir -p "$out/$long/$long"
    echo long > "$out/$long/$long/$long"
    ln -s "$out/$long/$long/$long" "$out/share/long"
    echo odd > "$out/share/--checkpoint=1"; echo odd > "$out/share/ä new
line"
  '') { inherit refers; };
  shell = bootstrap.busybox;
  library = make "library" [ tools.tree ];
  app = make "app" [ library ];
  other = make "other" [ library ];
`;

test("a closure's layers have each of its paths once, and nothing else; popular paths have layers of their own", async () => {
  const { path, closure } = await build(
    `layClosure { name = "test"; paths = [ app other runtime ]; limit = 4; }`,
  );
  const layers = await layersOf(path);
  // Four of the six: no other path needs app, other and the runtime.
  const popular = layers.slice(0, 3).map((layer) => layer.map(nameOf));
  expect(popular.toSorted()).toEqual([["build-tools"], ["busybox"], ["library"]]);
  expect(layers[3]?.map(nameOf).toSorted()).toEqual(["app", "other", "runtime"]);
  const paths = layers.flat();
  expect(paths.toSorted()).toEqual(closure.toSorted());

  const found = await filesOf(path);
  const { stdout: real } = await inRoot`find ${closure} -printf x`;
  // All files of the paths, and the two folders above them.
  expect(found.size).toBe(real.length + 2);
  for (const [name, file] of found) {
    expect(file).toMatchObject({ uid: 0, gid: 0 });
    expect(name === "nix" || name === "nix/store" || paths.some((each) => `/${name}`.startsWith(each))).toBe(
      true,
    );
  }
  expect(found.get("nix/store")?.mode).toBe(0o755);
  const odd = [...found.keys()].filter((name) => /--checkpoint=1$|new\nline$/.test(name));
  expect(odd).toHaveLength(2 * 3);
  const long = [...found].filter(([name]) => name.endsWith("/share/long"));
  expect(long.map(([, { link }]) => found.has(link?.slice(1) ?? ""))).toEqual([true, true, true]);
});

test("a layer leaves out what a layer below has, and the image is the same bytes each time", async () => {
  const { path, derivation } = await build(`buildImage {
    name = "kasmix/nixbase-closure-test";
    layers = [
      { kind = "closure"; layer = layClosure { name = "below"; paths = [ library shell ]; }; }
      { kind = "closure"; layer = layClosure {
          name = "above"; paths = [ app shell ]; below = [ (layClosure { name = "below"; paths = [ library shell ]; }) ]; }; }
    ];
    config = { Entrypoint = [ "\${app}/bin/app" ]; Labels = { }; };
    timestamp = "20260911T081835Z";
    sources = [ { name = "app"; version = "1"; note = "It's \\"new\\"."; } ];
  }`);
  const image = await readImage(path);
  expect(image.layers.map(({ kind }) => kind)).toEqual(Array(4).fill("closure"));
  expect(image.sources).toEqual([{ name: "app", version: "1", note: `It's "new".` }]);
  const names = await Promise.all(
    image.layers.map(async ({ file }) => {
      const files = [...(await listArchive(file)).keys()];
      return new Set(files.flatMap((name) => /^nix\/store\/[a-z0-9]{32}-([^/]+)$/.exec(name)?.[1] ?? []));
    }),
  );
  expect(
    names
      .slice(0, 3)
      .flatMap((each) => [...each])
      .toSorted(),
  ).toEqual(["build-tools", "busybox", "library"]);
  expect([...(names[3] ?? [])]).toEqual(["app"]);
  // What the bill of materials is made from.
  expect(image.layers.map(({ paths = [] }) => new Set(paths.map(nameOf)))).toEqual(names);

  const requisites = await nixLines("nix-store", "--query", "--requisites", derivation);
  const built = requisites.filter((each) => /-(closure|image)\.drv$/.test(each));
  expect(built).toHaveLength(3);
  // Builds once more and fails where one byte differs.
  await nix("nix-store", "--realise", "--check", ...built);

  const engine = await detectEngine({});
  const loaded = await loadImage(engine, image, {});
  onTestFinished(async () => void (await engine.attempt(["rmi", "--force", ...tagsOf(image)])));
  const stdout = await engine.run(["run", "--rm", loaded.image]);
  expect(stdout.trim()).toMatch(/^app from \/nix\/store\/[a-z0-9]{32}-library$/);
  // A second load sends nothing.
  expect(await loadImage(engine, image, {})).toMatchObject({ layersSent: 0 });
});

test("two images differ only in the layers whose paths differ", async () => {
  const [one, two] = await Promise.all(
    ["app", "other"].map(async (name) => {
      const { path } = await build(`layClosure { name = "${name}"; paths = [ ${name} ]; limit = 4; }`);
      const order = (await readFile(join(path, "order"), "utf8")).trim().split("\n");
      return Promise.all(order.map((number) => readFile(join(path, number, "digest"), "utf8")));
    }),
  );
  expect(one?.slice(0, 3)).toEqual(two?.slice(0, 3));
  expect(one?.[3]).not.toBe(two?.[3]);
});

/** Builds an expression with the packages above: where it is, its derivation, and the closure of app, other and runtime. */
async function build(expression: string) {
  const folder = await mkdtemp(join(tmpdir(), "kasmix-closure-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, "test.nix");
  await writeFile(file, `let ${PACKAGES} in { result = ${expression}; inherit app other runtime; }`);
  const derivation = await nix("nix-instantiate", file, "--attr", "result");
  const path = await nix("nix-store", "--realise", derivation);
  const attributes = ["app", "other", "runtime"].flatMap((name) => ["--attr", name]);
  const roots = await nixLines("nix-build", file, ...attributes, "--no-out-link");
  const closure = await nixLines("nix-store", "--query", "--requisites", ...roots);
  return { derivation, path, closure };
}

/** The store paths of each layer, from the lowest up. */
async function layersOf(path: string): Promise<string[][]> {
  const order = (await readFile(join(path, "order"), "utf8")).trim().split("\n");
  return Promise.all(
    order.map(async (number) => (await readFile(join(path, number, "paths"), "utf8")).trim().split("\n")),
  );
}

async function filesOf(path: string) {
  const files: Awaited<ReturnType<typeof listArchive>> = new Map();
  for (const number of (await readFile(join(path, "order"), "utf8")).trim().split("\n")) {
    await listArchive(join(path, number, "layer.tar"), files);
  }
  return files;
}

function nameOf(path: string): string {
  return path.slice("/nix/store/".length + 33);
}
