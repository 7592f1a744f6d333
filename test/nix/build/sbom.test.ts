import { createReadStream } from "node:fs";
import { cp, mkdtemp, rm, symlink } from "node:fs/promises";
import { homedir, hostname, tmpdir } from "node:os";
import { join, posix } from "node:path";
import { buffer } from "node:stream/consumers";
import { type BuildOptions, build } from "esbuild";
import { extract } from "tar-stream";
import { describe, expect, onTestFinished, test } from "vitest";
import { clientBundle } from "../../../src/client/build.ts";
import { lastBuild } from "../../../src/engine/build.ts";
import type { Image } from "../../../src/engine/image.ts";
import { MANIFEST } from "../../../src/oci/artifact.ts";
import { readReferrers } from "../../../src/oci/attach.ts";
import { openRegistry } from "../../../src/oci/client.ts";
import { readInstalled } from "../../../src/sbom/layers.ts";
import { startRegistry } from "../../helpers/registry.ts";
import { inRoot, ROOT } from "./nix.ts";

/** What the tests ask of the image's files. */
interface File {
  /** Kind of the layer. */
  readonly layer: string;
  readonly isElf: boolean;
  /** Only of files that the tests read as text. */
  readonly text?: string;
}

interface Bill {
  readonly components: readonly {
    readonly name: string;
    readonly version: string;
    readonly purl: string;
    readonly properties: readonly { readonly name: string; readonly value: string }[];
  }[];
}

describe.each([
  ["desktop", []],
  // With a stand-in for a vendor's package, because the real one needs a download.
  ["signal", ["--without-vendor"]],
])("%s", (workspace, flags) => {
  const state = (async () => {
    await inRoot`./kasmix build ${workspace} ${flags}`;
    const { stdout } = await inRoot`./kasmix sbom ${workspace} ${flags}`;
    const { image } = await lastBuild(ROOT, workspace, { withoutVendor: flags.length > 0 });
    const bill: Bill = JSON.parse(stdout);
    return { bill, image, files: await walk(image) };
  })();

  test("dpkg and the bill have the same packages", async () => {
    const { bill, image } = await state;
    const { packages } = await readInstalled(image);
    expect(packages.size).toBeGreaterThan(200);
    const installed = [...packages].map(([key, version]) => `${key} ${version}`);
    expect(named(bill, "debian").toSorted()).toEqual(installed.toSorted());
  });

  test("the bundles and the bill have the same npm packages, and the image has the bundles byte by byte", async () => {
    const { bill, files } = await state;
    const inputs = new Set<string>();
    for (const [path, content, sources] of await bundles()) {
      expect(files.get(`opt/kasmix/${path}`)?.text, path).toBe(content);
      for (const source of sources) inputs.add(source);
    }
    const packages = [...inputs].flatMap(
      (path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? [],
    );
    expect(named(bill, "npm").map((line) => line.split(" ")[0])).toEqual([...new Set(packages)].toSorted());
  });

  test("every program and library in the image belongs to something in the bill", async () => {
    const { bill, files } = await state;
    const owned = ownedByDpkg(files);
    const bundled = named(bill, "bundled").map((line) => `lib${line.split(" ")[0]}`.replace("liblib", "lib"));
    const layers = { packages: 0, vendor: 0, wheel: 0, files: 0 } as Record<string, number>;
    const strays: string[] = [];
    for (const [path, { layer, isElf }] of files) {
      if (!isElf) continue;
      layers[layer] = (layers[layer] ?? 0) + 1;
      if (layer === "packages" && !owned.has(path)) strays.push(path);
      // Kasmix's own, compiled from the C sources in nix/.
      // A wheel's module, the libraries that are packed with it, and the stubs of those that are left out.
      const library =
        /^opt\/kasmix\/python\/pixelflux\.(?:cpython-.*|libs\/(?:stubs|(lib\w+)-[0-9a-f]{8})\.so.*)$/.exec(
          path,
        );
      if (layer === "wheel" && !(library && (library[1] === undefined || bundled.includes(library[1]))))
        strays.push(path);
      if (layer === "files" && !/^opt\/kasmix\/|\/libnss_kasmix\.so\.2$/.test(path)) strays.push(path);
    }
    expect(strays).toEqual([]);
    expect(layers.packages).toBeGreaterThan(500);
    expect(layers.files).toBeGreaterThan(0);
    // Stand-ins are scripts, and the bill has nothing of a vendor whose software is missing.
    expect(layers.vendor).toBe(0);
    expect(named(bill, "vendor")).toEqual([]);
    expect(named(bill, "wheel")).toEqual([expect.stringMatching(/^pixelflux \d/)]);
    expect(layers.wheel).toBe(4);
    expect(named(bill, "kasmix")).toHaveLength(1);
  });

  test("dpkg knows the files of every package in the bill", async () => {
    const { bill, files } = await state;
    const lists = listsOfDpkg(files);
    const without = named(bill, "debian").filter((line) => !lists.has(line.split(/[: ]/)[0] ?? ""));
    expect(without).toEqual([]);
  });
});

test("a push attaches both bills as the command prints them, and a provenance without details of the machine", async () => {
  const registry = await startRegistry();
  onTestFinished(() => registry.stop());
  const own = async (...args: string[]) => (await inRoot`./kasmix ${args}`).stdout;
  const reference = `${registry.host}/team/signal:1.0`;
  const push = async (...flags: string[]) =>
    JSON.parse(await own("push", "signal", reference, "--without-vendor", "--json", ...flags));
  expect((await push("--no-attest")).attached).toEqual([]);
  const { digest } = await push();
  const client = openRegistry({ registry: registry.host, repository: "team/signal", insecure: true });
  const contents = new Map<string | undefined, string>();
  for (const referrer of await readReferrers(client, digest)) {
    const headers = { accept: MANIFEST };
    const path = `manifests/${referrer.digest}`;
    const { body } = await client.ask({ method: "GET", path, headers, expected: [200] });
    const [layer] = JSON.parse(body.toString("utf8")).layers;
    const blob = await client.ask({ method: "GET", path: `blobs/${layer.digest}`, expected: [200] });
    contents.set(referrer.artifactType, blob.body.toString("utf8"));
  }
  expect(contents.get("application/vnd.cyclonedx+json")).toBe(
    await own("sbom", "signal", "--without-vendor"),
  );
  const spdx = await own("sbom", "signal", "--without-vendor", "--format", "spdx");
  expect(contents.get("application/spdx+json")).toBe(spdx);
  const statement = contents.get("application/vnd.in-toto+json") ?? "";
  expect(JSON.parse(statement).subject).toEqual([
    { name: `${registry.host}/team/signal`, digest: { sha256: digest.replace("sha256:", "") } },
  ]);
  for (const secret of [ROOT, hostname(), homedir(), "/nix/store"]) expect(statement).not.toContain(secret);
});

/** `name:architecture version` of Debian's packages, `name version` of others. */
function named({ components }: Bill, kind: string): string[] {
  return components
    .filter(({ properties }) =>
      properties.some(({ name, value }) => name === "kasmix:kind" && value === kind),
    )
    .map(({ name, version, purl }) => {
      const arch = /[?&]arch=([a-z0-9]+)/.exec(purl)?.[1];
      return arch === undefined ? `${name} ${version}` : `${name}:${arch} ${version}`;
    });
}

/** Every file of the image by its path; higher layers hide what is below. */
async function walk(image: Image): Promise<Map<string, File>> {
  const files = new Map<string, File>();
  for (const { kind, file } of image.layers) {
    const archive = createReadStream(file, { highWaterMark: 1 << 20 }).pipe(extract());
    for await (const entry of archive) {
      const path = posix.normalize(entry.header.name);
      if (entry.header.type !== "file") {
        entry.resume();
        continue;
      }
      const content = await buffer(entry);
      const isElf = content.subarray(0, 4).toString("latin1") === "\x7fELF";
      const isText = /^(opt\/kasmix\/.*\.(m?js|css)|var\/lib\/dpkg\/(info\/.*\.list|diversions))$/.test(path);
      files.set(path, { layer: kind, isElf, ...(isText ? { text: content.toString("utf8") } : {}) });
    }
  }
  return files;
}

/** Paths by package, as dpkg keeps them in the image. */
function listsOfDpkg(files: ReadonlyMap<string, File>): Map<string, string[]> {
  const lists = new Map<string, string[]>();
  for (const [path, { text = "" }] of files) {
    const name = /^var\/lib\/dpkg\/info\/([^/:]+)(:[^/]+)?\.list$/.exec(path)?.[1];
    if (name !== undefined) lists.set(name, text.split("\n").filter(Boolean));
  }
  return lists;
}

/** Every path that a package has, where it really lies: in /usr, and where a diversion has moved it. */
function ownedByDpkg(files: ReadonlyMap<string, File>): Set<string> {
  const real = (path: string) => path.replace(/^\//, "").replace(/^(bin|sbin|lib|lib64)\//, "usr/$1/");
  const diverted = (files.get("var/lib/dpkg/diversions")?.text ?? "").split("\n");
  // Three lines each: from, to, by whom.
  const moved = diverted.filter((_, index) => index % 3 === 1).map(real);
  return new Set([...[...listsOfDpkg(files).values()].flat().map(real), ...moved]);
}

/** Each bundle as nix/runtime.sh makes it: its path, its text, and the files that are in it. */
async function bundles(): Promise<[path: string, text: string, inputs: string[]][]> {
  const common = { bundle: true, format: "esm", tsconfigRaw: "{}", legalComments: "eof" } as const;
  const node = { ...common, platform: "node" } as const;
  const require =
    'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';
  const { stdout } = await inRoot`cd src; find client -name worklet.ts -o -name worker.ts`;
  const scripts = stdout
    .trim()
    .split("\n")
    .map((path): [string[], BuildOptions] => {
      const [, feature = "", kind = ""] = path.replace(/\.ts$/, "").split("/");
      const outfile = `${OUT}/www/${feature}-${kind}.js`;
      return [[path], { ...clientBundle, outfile }];
    });
  const all: [string[], BuildOptions][] = [
    [
      ["runtime/main.ts"],
      {
        ...node,
        ...{ target: "node20", banner: { js: require }, outdir: OUT, splitting: true },
        ...{ entryNames: "entrypoint", outExtension: { ".js": ".mjs" } },
      },
    ],
    [
      ["runtime/control/kasmixctl.ts"],
      {
        ...node,
        target: "node20",
        banner: { js: "#!/opt/kasmix/hide-secrets /usr/bin/node" },
        outfile: `${OUT}/kasmixctl.mjs`,
      },
    ],
    [["client/main.ts", "client/beside.ts"], { ...clientBundle, splitting: true, outdir: `${OUT}/www` }],
    [["client/features.css", "client/beside.css"], { ...clientBundle, outdir: `${OUT}/www` }],
    ...scripts,
  ];
  // As in the sandbox: a package.json above that says "module" would make esbuild write imports in another way.
  const folder = await mkdtemp(join(tmpdir(), "kasmix-bundles-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const part of ["files", "model", "runtime", "terminal", "wire", "client"]) {
    await cp(join(ROOT, "src", part), join(folder, "src", part), { recursive: true });
  }
  await symlink(join(ROOT, "node_modules"), join(folder, "node_modules"));
  const own = { absWorkingDir: join(folder, "src"), preserveSymlinks: true, metafile: true, write: false };
  const results = await Promise.all(
    all.map(async ([entryPoints, options]) => {
      const result = await build({ ...options, ...own, entryPoints });
      const { outputFiles = [], metafile } = result;
      // Only inputs with bytes in an output are in the image.
      return outputFiles.map(({ path, text }): [string, string, string[]] => {
        const output = Object.entries(metafile?.outputs ?? {}).find(([name]) =>
          path.endsWith(name.replace(/^[./]+/, "")),
        );
        const inputs = Object.entries(output?.[1].inputs ?? {}).filter(
          ([, { bytesInOutput }]) => bytesInOutput > 0,
        );
        return [path.slice(OUT.length + 1), text, inputs.map(([name]) => name)];
      });
    }),
  );
  return results.flat();
}

/** Nothing is written there. */
const OUT = "/kasmix-bundles";
