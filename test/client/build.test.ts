import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildClient, clientFiles } from "../../src/client/build.ts";
import { loadAssets, nameManifest } from "../../src/runtime/gateway/assets.ts";

const root = join(import.meta.dirname, "../..");

describe("the built client", () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "kasmix-build-"));
    await buildClient(folder);
  });

  afterAll(() => rm(folder, { recursive: true }));

  test("has less than 400 kB of script, gzipped, all chunks and worklets together", async () => {
    const scripts = (await readdir(folder)).filter((name) => name.endsWith(".js"));
    expect(scripts).toContain("main.js");
    const sizes = await Promise.all(
      scripts.map(async (name) => gzipSync(await readFile(join(folder, name))).length),
    );
    const total = sizes.reduce((sum, size) => sum + size, 0);
    console.log(`script, gzipped: ${(total / 1000).toFixed(1)} kB`);
    expect(total).toBeGreaterThan(20_000);
    expect(total).toBeLessThan(400_000);
  });

  test("can be installed: the manifest's icons exist and have the stated sizes", async () => {
    const manifest = JSON.parse(await readFile(join(folder, "manifest.webmanifest"), "utf8"));
    expect(manifest).toMatchObject({ start_url: "./", display: "standalone" });
    // Browsers resolve an id against the host alone: desktops below two paths of one host were one installed app.
    expect(manifest).not.toHaveProperty("id");
    for (const { src, sizes, type } of manifest.icons) {
      const bytes = await readFile(join(folder, src));
      if (type !== "image/png") continue;
      expect(`${bytes.readUInt32BE(16)}x${bytes.readUInt32BE(20)}`).toBe(sizes);
    }
    const page = await readFile(join(folder, "index.html"), "utf8");
    // Behind Basic auth a manifest without credentials is a 401.
    expect(page).toContain('<link rel="manifest" href="manifest.webmanifest" crossorigin="use-credentials">');
  });

  // Several desktops that were installed had one name.
  test("is installed under the name of its desktop", async () => {
    const manifest = loadAssets(folder, nameManifest("GIMP")).get("/manifest.webmanifest");
    const { body } = (await manifest?.encoded("")) ?? {};
    expect(JSON.parse(`${body}`)).toMatchObject({ name: "GIMP", short_name: "GIMP", start_url: "./" });
  });

  test("has exactly the files that the image's build copies", async () => {
    const script = await readFile(join(root, "nix/runtime.sh"), "utf8");
    const copied = (/cp (client\/index\.html client.*) "\$www"/.exec(script)?.[1] ?? "").split(" ");
    const patterns = copied.map(
      (path) => new RegExp(`^${path.replaceAll(".", "\\.").replaceAll("*", ".*")}$`),
    );
    const files = Object.keys(clientFiles).map((name) => `client/${name}`);
    expect(files.filter((file) => !patterns.some((pattern) => pattern.test(file)))).toEqual([]);
    expect(patterns.filter((pattern) => !files.some((file) => pattern.test(file)))).toEqual([]);
  });
});
