import { createHash, randomUUID } from "node:crypto";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { buildImage, type Omission } from "../../../src/engine/build.ts";
import { NIX_OPTIONS } from "../../../src/engine/nix.ts";
import { renderWorkspace } from "../../../src/generate/generate.ts";
import { loadWorkspace } from "../../../src/model/load.ts";
import { resolveWorkspace } from "../../../src/model/resolve.ts";
import type { VendorPackage, Workspace } from "../../../src/model/types.ts";
import { type VendorFile, vendorFiles } from "../../../src/vendor-files/file.ts";
import { prefetchVendor } from "../../../src/vendor-files/prefetch.ts";
import { $ } from "../../helpers/shell.ts";
import { deb, type Entry, tarGz, zip } from "./archives.ts";
import { type ArchivedFile, listArchive } from "./layers.ts";
import { inRoot, nix, nixLines, ROOT } from "./nix.ts";

/** An app as vendors pack it: a set-id helper, a folder that only its owner may read, links. */
const APP: readonly Entry[] = [
  { name: "App/" },
  { name: "App/app", content: "#!/bin/sh\necho app\n", mode: 0o755 },
  { name: "App/chrome-sandbox", content: "sandbox", mode: 0o4755 },
  { name: "App/resources/", mode: 0o700 },
  { name: "App/resources/app.asar", content: "code", mode: 0o600 },
  { name: "App/alias", link: "app" },
  { name: "App/resources/up", link: "../app" },
];

const DEB: readonly Entry[] = [
  { name: "./opt/Signal/signal", content: "#!/bin/sh\necho signal\n", mode: 0o755 },
  { name: "./opt/Signal/chrome-sandbox", content: "sandbox", mode: 0o4755 },
  { name: "./lib/signal/module.so", content: "module" },
  { name: "./usr/bin/signal", link: "/opt/Signal/signal" },
  { name: "./usr/share/icons/hicolor/48x48/apps/signal.png", content: "icon" },
];

/** The folder that a test's own vendor files are in. */
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "kasmix-vendor-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
});

test("a .deb, a tarball and a zip become layers between packages and files, the same bytes each time", async () => {
  const vendor = {
    zipped: await give("zipped.zip", zip(APP), { format: "zip", strip: 1, programs: ["/opt/zipped/app"] }),
    signal: await give("signal.deb", await deb(DEB), { format: "deb", programs: ["/usr/bin/signal"] }),
    chat: await give("chat.tar.gz", await tarGz(APP), {
      directory: "/opt/Chat",
      strip: 1,
      programs: ["/opt/Chat/alias"],
    }),
  };
  const { root, files } = await project(vendor);
  const { image, path } = await buildImage(root, "desktop", { vendor: files, prepare: register(files) });
  expect(image.layers.map(({ kind }) => kind)).toEqual([
    "packages",
    "packages",
    "vendor",
    "vendor",
    "vendor",
    "wheel",
    "files",
  ]);
  expect(await labelOf(path)).toBe("included");

  const [chat, signal, zipped] = await Promise.all(
    image.layers.filter(({ kind }) => kind === "vendor").map(({ file }) => listArchive(file)),
  );
  expect(summary(chat)).toEqual([
    "directory 755 0:0 opt",
    "directory 755 0:0 opt/Chat",
    "symlink 777 0:0 opt/Chat/alias -> app",
    "file 755 0:0 opt/Chat/app",
    "file 755 0:0 opt/Chat/chrome-sandbox",
    "directory 755 0:0 opt/Chat/resources",
    "file 644 0:0 opt/Chat/resources/app.asar",
    "symlink 777 0:0 opt/Chat/resources/up -> ../app",
  ]);
  expect(summary(zipped)).toEqual(summary(chat).map((line) => line.replace("opt/Chat", "opt/zipped")));
  expect(summary(signal)).toEqual([
    "directory 755 0:0 opt",
    "directory 755 0:0 opt/Signal",
    "file 755 0:0 opt/Signal/chrome-sandbox",
    "file 755 0:0 opt/Signal/signal",
    "directory 755 0:0 usr",
    "directory 755 0:0 usr/bin",
    "symlink 777 0:0 usr/bin/signal -> /opt/Signal/signal",
    "directory 755 0:0 usr/lib",
    "directory 755 0:0 usr/lib/signal",
    "file 644 0:0 usr/lib/signal/module.so",
    "directory 755 0:0 usr/share",
    "directory 755 0:0 usr/share/icons",
    "directory 755 0:0 usr/share/icons/hicolor",
    // The cache in the layers below does not have the new icon.
    "file 644 0:0 usr/share/icons/hicolor/.wh.icon-theme.cache",
    "directory 755 0:0 usr/share/icons/hicolor/48x48",
    "directory 755 0:0 usr/share/icons/hicolor/48x48/apps",
    "file 644 0:0 usr/share/icons/hicolor/48x48/apps/signal.png",
  ]);

  const derivation = await nix("nix-instantiate", join(root, "nix"), "--attr", "desktop");
  const requisites = await nixLines("nix-store", "--query", "--requisites", derivation);
  const built = requisites.filter((each) => /-(vendor-layer|desktop-image)\.drv$/.test(each));
  expect(built).toHaveLength(4);
  // --check builds again and fails when a byte differs.
  await nix("nix-store", "--realise", "--check", ...built);
});

test("--without-vendor fetches nothing, and a program that says so replaces each package", async () => {
  const vendor = {
    signal: {
      ...(await give("never-given", Buffer.from(randomUUID()), { format: "deb" })),
      programs: ["/opt/Signal/signal", "/usr/bin/signal"],
    },
  };
  const apps = [
    {
      name: "signal",
      title: "It's Signal",
      command: ["/opt/Signal/signal"],
      ready: { window: "Signal-Desktop" },
    },
  ];
  const { root } = await project(vendor, { apps });
  await $({ cwd: root })`node --import tsx src/cli/main.ts build desktop --without-vendor --json`;
  const result = join(root, ".kasmix/result-desktop.without-vendor");
  expect(await labelOf(result)).toBe("stand-in");
  const { layers } = JSON.parse(await readFile(join(result, "image.json"), "utf8"));
  expect(layers.map(({ kind }: { kind: string }) => kind)).toEqual([
    "packages",
    "packages",
    "vendor",
    "wheel",
    "files",
  ]);
  const layer = join(result, "blobs/sha256", layers[2].digest.replace("sha256:", ""));
  expect(summary(await listArchive(layer)).filter((line) => line.startsWith("file"))).toEqual([
    "file 755 0:0 opt/Signal/signal",
    "file 755 0:0 usr/bin/signal",
  ]);

  const { stdout: script } = await $`tar xOf ${layer} ./opt/Signal/signal`;
  // Prints the command instead of running it.
  const shown = script.replace(/^exec xfce4-terminal/m, "printf '<%s>\\n'");
  const { stdout, stderr } = await $`sh -euc ${shown}`;
  expect(stderr.trim()).toBe(
    "It's Signal Signal-Desktop: signal 1.0 is not in this image, which was built with --without-vendor",
  );
  expect(stdout).toContain("<It's Signal Signal-Desktop (not in this image)>");
  expect(stdout).toContain("https://vendor.invalid/never-given");
  expect(stdout).toContain("./kasmix up desktop");
});

test("a workspace without vendor software has the same image with --without-vendor", async () => {
  const derivation = (...args: string[]) =>
    nix("nix-instantiate", join(ROOT, "nix"), "--attr", "desktop", ...args);
  expect(await derivation("--arg", "withoutVendor", "true")).toBe(await derivation());
});

test("all files that cannot be fetched are named at once, with host, package and workspace", async () => {
  const lost = (name: string) => give(name, Buffer.from(randomUUID()), { format: "zip" });
  const { root, files } = await project({ app: await lost("app.zip"), other: await lost("other.zip") });
  const prepare = async (derivation: string) => {
    await prefetchVendor(derivation, files, { folder });
    return {};
  };
  const there = files.filter(({ name }) => name === "app");
  await rm(join(folder, "app.zip"));
  await rm(join(folder, "other.zip"));
  const failed = {
    code: "E_FETCH",
    message: "Vendor files of desktop cannot be downloaded.",
    faults: files.map(({ name, file }) => ({
      path: `vendor.${name} (workspaces/desktop/workspace.ts)`,
      message: expect.stringMatching(new RegExp(`^vendor\\.invalid does not send ${file}: .*resolve`)),
    })),
    fix: expect.stringContaining("--without-vendor"),
  };
  expect(there).toHaveLength(1);
  await expect(buildImage(root, "desktop", { vendor: files, prepare })).rejects.toMatchObject(failed);
  // Also without the step before the build that fetches them: Nix stops at the first, or soon after it.
  await expect(buildImage(root, "desktop", { vendor: files })).rejects.toMatchObject({
    ...failed,
    faults: expect.arrayContaining([expect.objectContaining({ path: expect.stringMatching(/^vendor\./) })]),
  });
});

test("a file with another hash is refused with both hashes, fetched or the user's own", async () => {
  const content = randomUUID();
  const address = await serve(content);
  const { root, files } = await project(
    { app: await give("app.zip", Buffer.from(randomUUID()), { format: "zip" }) },
    {},
    (text) => text.replace("https://vendor.invalid", address),
  );
  const served = files.map((file) => ({ ...file, url: file.url.replace("https://vendor.invalid", address) }));
  const [file] = served;
  await rm(join(folder, "app.zip"));
  const message = (from: string) =>
    `${from} is not the pinned app.zip:\n  expected sha256 ${file?.sha256}\n  got      sha256 ${sha256(content)}`;
  const prepare = async (derivation: string) => {
    await prefetchVendor(derivation, served, { folder });
    return {};
  };
  await expect(buildImage(root, "desktop", { vendor: served, prepare })).rejects.toMatchObject({
    code: "E_FETCH",
    faults: [
      { message: message(`The file from ${new URL(address).host}`), fix: "./kasmix update desktop app" },
    ],
  });
  await writeFile(join(folder, "app.zip"), content);
  await expect(buildImage(root, "desktop", { vendor: served, prepare })).rejects.toMatchObject({
    code: "E_FETCH",
    faults: [{ message: message(join(folder, "app.zip")) }],
  });
});

test("a file is fetched once, with progress", async () => {
  const content = await tarGz([{ name: "app", content: randomUUID().repeat(100_000), mode: 0o755 }]);
  let asked = 0;
  const address = await serve(content, () => asked++);
  const { root, files } = await project({ app: await give("app.tar.gz", content, {}) }, {}, (text) =>
    text.replace("https://vendor.invalid", address),
  );
  await rm(join(folder, "app.tar.gz"));
  const seen: number[] = [];
  const derivation =
    (await nix("nix-instantiate", join(root, "nix"), "--attr", "desktop")).split("!")[0] ?? "";
  const fetch = () => prefetchVendor(derivation, files, { folder, onTransfer: (done) => seen.push(done) });
  expect(await fetch()).toBe(1);
  expect(seen.at(-1)).toBe(content.length);
  expect(await fetch()).toBe(0);
  expect(asked).toBe(1);
});

/** What an archive may not have, and the message about it. */
const REFUSED: readonly [string, Partial<VendorPackage>, () => Promise<Buffer>, RegExp][] = [
  [
    "a name with ..",
    {},
    () => tarGz([{ name: "a/../../evil", content: "x" }]),
    /Member name contains '\.\.'/,
  ],
  [
    "a name with .. in a zip",
    { format: "zip" },
    async () => zip([{ name: "a/../../evil", content: "x" }]),
    /leads outside: a\/\.\.\/\.\.\/evil/,
  ],
  [
    "a link to the system",
    {},
    () => tarGz([...APP, { name: "App/etc", link: "/etc" }]),
    /the link \.\/App\/etc leads outside, to \/etc/,
  ],
  [
    "a link above its folder",
    {},
    () => tarGz([...APP, { name: "App/out", link: "../../../usr/bin" }]),
    /the link \.\/App\/out leads outside/,
  ],
  [
    "a link above its folder in a zip",
    { format: "zip" },
    async () => zip([...APP, { name: "App/out", link: "../../x" }]),
    /leads outside/,
  ],
  [
    "a file behind a link",
    {},
    () =>
      tarGz([
        { name: "d", link: "/build" },
        { name: "d/evil", content: "x" },
      ]),
    /d\/evil: Cannot open/,
  ],
  [
    "a link above the root in a .deb",
    { format: "deb" },
    () => deb([{ name: "./opt/l", link: "../../x" }]),
    /leads outside/,
  ],
  ["a pipe", {}, () => tarGz([{ name: "App/pipe", type: "fifo" }]), /is not a file, folder or link/],
  [
    "a whiteout of other layers' files",
    {},
    () => tarGz([{ name: "App/.wh.x", content: "" }]),
    /is not a file, folder/,
  ],
  [
    "files in the home",
    { format: "deb" },
    () => deb([{ name: "./home/kasm-user/x", content: "x" }]),
    /files in \/home\/kasm-user/,
  ],
  [
    "no such program",
    { strip: 1, programs: ["/opt/app/App"] },
    () => tarGz(APP),
    /no program \/opt\/app\/App; it has: \/opt\/app\/app/,
  ],
  [
    "too few folders",
    { strip: 3 },
    () => tarGz(APP),
    /without 3 leading folders nothing is left; at the top are: App/,
  ],
  ["another format", { format: "zip" }, () => tarGz(APP), /cannot be unpacked as zip/],
  ["an HTML page", {}, async () => Buffer.from("<html>"), /cannot be unpacked as tar\.gz/],
  ["an HTML page as a .deb", { format: "deb" }, async () => Buffer.from("<html>"), /is not a Debian package/],
  [
    "an end that is missing",
    {},
    async () => (await tarGz(APP)).subarray(0, 150),
    /cannot be unpacked as tar\.gz/,
  ],
];

describe("an archive is refused that has", () => {
  const messages = new Map<string, string>();

  /** All layers are built by one call, which goes on after failures. */
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "kasmix-vendor-"));
    const packages = await Promise.all(
      REFUSED.map(async ([, changes, make], index) => give(`app-${index}`, await make(), changes)),
    );
    const file = await writeLayers(packages);
    const derivations = (await nixLines("nix-instantiate", file)).map((path) => path.split("!")[0] ?? "");
    const { stderr } = await inRoot({
      nothrow: true,
    })`nix-store --realise --keep-going ${derivations} ${NIX_OPTIONS}`;
    for (const [index, path] of derivations.entries()) {
      if (!stderr.includes(`builder for '${path}' failed`)) continue;
      messages.set(REFUSED[index]?.[0] ?? "", await nix("nix-store", "--read-log", path));
    }
    await rm(folder, { recursive: true });
  });

  test.each(REFUSED)("%s", (what, _changes, _make, message) => {
    expect(messages.get(what)).toMatch(message);
  });
});

test("programs of a zip without modes are executable", async () => {
  const content = zip(
    APP.filter(({ link }) => link === undefined).map((entry) => ({ ...entry, mode: 0o644 })),
  );
  const layer = await layerOf(
    await give("app", content, { format: "zip", strip: 1, programs: ["/opt/app/app"] }),
  );
  expect(summary(await listArchive(join(layer, "layer.tar")))).toContain("file 755 0:0 opt/app/app");
});

test("names may look like options and have any characters", async () => {
  const names = ["--checkpoint=1", "new\nline", "ünï", `${"a".repeat(150)}/${"b".repeat(120)}`];
  const content = await tarGz([...APP, ...names.map((name) => ({ name, content: "x" }))]);
  const layer = await layerOf(await give("app", content, { programs: ["/opt/app/App/app"] }));
  const files = await listArchive(join(layer, "layer.tar"));
  for (const name of names) expect([...files.keys()]).toContain(`opt/app/${name}`);
});

/** Writes a file into the folder; returns the package that pins it, under an address that does not exist. */
async function give(name: string, content: Buffer, changes: Partial<VendorPackage>): Promise<VendorPackage> {
  await writeFile(join(folder, name), content);
  const url = `https://vendor.invalid/${name}`;
  const programs = ["/opt/app/app"];
  return { version: "1.0", url, sha256: sha256(content), format: "tar.gz", programs, ...changes };
}

/** A checkout whose desktop has vendor software; its other layers are those of the real desktop. */
async function project(
  vendor: Readonly<Record<string, VendorPackage>>,
  changes: Partial<Workspace> = {},
  edit: (nix: string) => string = (text) => text,
): Promise<{ root: string; files: VendorFile[] }> {
  const root = join(folder, "checkout");
  for (const part of ["nix", "src", "workspaces", "package.json", "package-lock.json", "tsconfig.json"]) {
    await cp(join(ROOT, part), join(root, part), { recursive: true });
  }
  await symlink(join(ROOT, "node_modules"), join(root, "node_modules"));
  const workspace = { ...(await loadWorkspace(ROOT, "desktop")), languages: [], vendor, ...changes };
  await writeFile(
    join(root, "workspaces/desktop/workspace.ts"),
    `export default ${JSON.stringify(workspace)};\n`,
  );
  for (const [path, text] of renderWorkspace(workspace)) {
    await rm(join(root, path), { force: true });
    await mkdir(join(root, path, ".."), { recursive: true });
    await writeFile(join(root, path), edit(text));
  }
  return { root, files: vendorFiles(resolveWorkspace(workspace)) };
}

/** The step before a build: registers the files in the folder. */
function register(files: readonly VendorFile[]): (derivation: string) => Promise<Omission> {
  return async (derivation) => {
    expect(await prefetchVendor(derivation, files, { folder })).toBe(0);
    return {};
  };
}

/** Builds the layer of one package by itself. */
async function layerOf(vendor: VendorPackage): Promise<string> {
  return nix("nix-build", "--no-out-link", await writeLayers([vendor]));
}

/** Writes an expression with the layer of each package, and registers their files. */
async function writeLayers(packages: readonly VendorPackage[]): Promise<string> {
  const desktop = await loadWorkspace(ROOT, "desktop");
  const workspaces = packages.map((app) => ({ ...desktop, vendor: { app } }));
  const files = workspaces.flatMap((workspace) => vendorFiles(resolveWorkspace(workspace)));
  await nix("nix-store", "--add-fixed", "sha256", ...files.map(({ file }) => join(folder, file)));
  const layers = workspaces.map((workspace) => {
    const [generated] = renderWorkspace(workspace);
    const argument = /\n {2}vendor = ([\s\S]*?\n {2}\});\n/.exec(generated?.[1] ?? "")?.[1];
    return `parts.layVendor { workspace = "x"; standIn = false; packages = ${argument}; }`;
  });
  const path = join(folder, "layers.nix");
  await writeFile(
    path,
    `with import ${ROOT}/nix { }; map (entry: entry.layer) (builtins.concatLists [ (${layers.join(") (")}) ])`,
  );
  return path;
}

/** One line for each file of a layer. */
function summary(files: ReadonlyMap<string, ArchivedFile> | undefined): string[] {
  return [...(files ?? [])].map(([name, { type, mode, uid, gid, link }]) => {
    return `${type} ${mode.toString(8)} ${uid}:${gid} ${name}${link === undefined ? "" : ` -> ${link}`}`;
  });
}

async function labelOf(image: string): Promise<string | undefined> {
  const { config } = JSON.parse(await readFile(join(image, "image.json"), "utf8"));
  const blob = join(image, "blobs/sha256", config.replace("sha256:", ""));
  return JSON.parse(await readFile(blob, "utf8")).config.Labels["io.kasmix.vendor"];
}

/** A server with one file. */
async function serve(content: string | Buffer, onRequest = () => {}): Promise<string> {
  const server = createServer((_request, response) => {
    onRequest();
    response.writeHead(200, { "content-length": Buffer.byteLength(content) }).end(content);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function sha256(content: string | Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}
