import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { cp, mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { listFiles } from "./layers.ts";
import { nix, nixLines, ROOT } from "./nix.ts";

let derivation: string;
let image: string;
let files: Awaited<ReturnType<typeof listFiles>>;

beforeAll(async () => {
  derivation = await nix("nix-instantiate", "nix", "--attr", "desktop");
  image = await nix("nix-store", "--query", "--outputs", derivation);
  files = await listFiles(image);
});

test("the flake gives the same derivation as nix/default.nix, and evaluates without its inputs", async () => {
  const flakes = ["--extra-experimental-features", "nix-command flakes"];
  const path = `path:${await checkout()}`;
  const given = await nix("nix", "eval", "--raw", `${path}#packages.x86_64-linux.desktop.drvPath`, ...flakes);
  expect(given).toBe(derivation.split("!")[0]);
});

test("a checkout in another folder gives the same image", async () => {
  const other = await checkout();
  expect(await nix("nix-instantiate", join(other, "nix"), "--attr", "desktop")).toBe(derivation);
});

test("a second build of every part of the image gives the same bytes", async () => {
  const requisites = await nixLines("nix-store", "--query", "--requisites", derivation);
  const built = requisites.filter((path) =>
    /-(layer|files|image|runtime|\w+\.so(\.2)?|build-tools|hide-secrets|screenshot|sound-encoder)\.drv$/.test(
      path,
    ),
  );
  expect(built.map((path) => path.replace(/^.{44}/, "")).toSorted()).toEqual([
    "build-tools.drv",
    "core-layer.drv",
    "desktop-files.drv",
    "desktop-image.drv",
    "desktop-layer.drv",
    "desktop-translations-files.drv",
    "devices.so.drv",
    "hide-secrets.drv",
    "libnss_kasmix.so.2.drv",
    "ownership.so.drv",
    "python-pixelflux-files.drv",
    "runtime.drv",
    "screenshot.drv",
    "sound-encoder.drv",
    "stubs.so.drv",
    "undumpable.so.drv",
  ]);
  // --check builds again and fails when a byte differs.
  await nix("nix-store", "--realise", "--check", ...built);
});

test("the layout has what its descriptors say: digests, sizes, and layers that are their own diff ids", async () => {
  const blob = (digest: string) => join(image, "blobs/sha256", digest.replace("sha256:", ""));
  const read = async (path: string) => JSON.parse(await readFile(path, "utf8"));
  const summary = await read(join(image, "image.json"));
  const [entry] = (await read(join(image, "index.json"))).manifests;
  const manifest = await read(blob(entry.digest));
  const config = await read(blob(manifest.config.digest));
  expect(summary).toMatchObject({
    name: "kasmix/desktop",
    digest: entry.digest,
    config: manifest.config.digest,
  });
  expect(config.rootfs.diff_ids).toEqual(manifest.layers.map((layer: { digest: string }) => layer.digest));
  for (const { digest, size } of [entry, manifest.config, ...manifest.layers]) {
    expect(`sha256:${await sha256(blob(digest))}`).toBe(digest);
    expect((await stat(blob(digest))).size).toBe(size);
  }
  expect((await readdir(join(image, "blobs/sha256"))).length).toBe(manifest.layers.length + 2);
});

test("the image has nothing of the build: no build folder, no preload, no store path", async () => {
  const left = [...files.keys()].filter((path) =>
    /^(\.kasmix|nix)(\/|$)|ld\.so\.preload|policy-rc\.d/.test(path),
  );
  expect(left).toEqual([]);
  for (const file of ["etc/passwd", "etc/group"]) expect(files.get(file)).toMatchObject({ type: "file" });
  expect(files.get("etc/shadow")).toMatchObject({ mode: 0o640, gid: 42 });
  expect(files.get("home/kasm-user")).toMatchObject({ type: "directory", uid: 1000, gid: 0, mode: 0o775 });
});

test("no program of the image gains privileges that its caller lacks", async () => {
  expect(files.get("usr/bin/passwd")?.mode).toBe(0o755);
  const gaining = [...files].filter(
    ([, { type, mode, capability }]) =>
      type === "file" && ((mode & 0o6000) !== 0 || capability !== undefined),
  );
  expect(gaining.map(([path]) => path)).toEqual([]);
});

// Maintainer scripts make links in them. That of a Java failed, and with it the build.
test("trimmed files leave their directories behind", async () => {
  const left = [...files].filter(([path]) => /^usr\/share\/(man|locale)\//.test(path));
  expect(left.map(([path]) => path)).toContain("usr/share/man/man1");
  expect(left.map(([path]) => path)).toContain("usr/share/locale/de/LC_MESSAGES");
  // Translations are those of the workspace's languages, of its own packages and of the core's.
  const kept = left.filter(([, { type }]) => type !== "directory").map(([path]) => path);
  expect(kept.filter((path) => !/^usr\/share\/locale\/(de|es|fr|ja|zh)[_@/]/.test(path))).toEqual([
    "usr/share/locale/locale.alias",
  ]);
  for (const name of ["de/LC_MESSAGES/thunar", "zh_CN/LC_MESSAGES/mousepad"])
    expect(kept).toContain(`usr/share/locale/${name}.mo`);
  expect(kept).not.toContain("usr/share/locale/zh_TW/LC_MESSAGES/thunar.mo");
});

/** A copy of what Nix reads. */
async function checkout(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "kasmix-checkout-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const part of ["nix", "src", "workspaces", "package-lock.json", "flake.nix", "flake.lock"]) {
    await cp(join(ROOT, part), join(folder, part), { recursive: true });
  }
  return folder;
}

async function sha256(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}
