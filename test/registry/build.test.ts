import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { buildRegistry } from "../../src/registry/build.ts";
import { collect } from "../../src/registry/collect.ts";
import { NEWEST_KASM } from "../../src/registry/kasm-versions.ts";
import { serveRegistry } from "../../src/registry/serve.ts";
import { makeProject } from "../helpers/project.ts";
import { BUILT, makeRegistryProject, SETTINGS } from "./fixture.ts";

function contents(folder: string): Record<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return Object.fromEntries(
    entries.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [path.slice(folder.length + 1), readFileSync(path, "latin1")];
    }),
  );
}

it("writes the same bytes for the same time, and replaces an earlier registry as a whole", async () => {
  const root = makeRegistryProject();
  const folder = join(root, "public");
  const collection = await collect(root, BUILT);
  await buildRegistry(collection, folder, 1_790_000_000_000);
  const first = contents(folder);
  writeFileSync(join(folder, "old.txt"), "old");
  await buildRegistry(await collect(root, BUILT), folder, 1_790_000_000_000);
  expect(contents(folder)).toEqual(first);
  expect(JSON.parse(first["1.1/list.json"] ?? "")).toMatchObject({
    modified: 1_790_000_000_000,
    list_url: SETTINGS.listUrl,
    icon: `${SETTINGS.listUrl}logo.svg`,
  });
  expect(first["versions.txt"]).toBe("1.0\n1.1\n");
  expect(readdirSync(root).filter((name) => name.startsWith(".public"))).toEqual([]);
});

/** `--out .` used to delete the checkout. */
it("refuses a folder with anything else in it, and keeps that", async () => {
  const root = makeRegistryProject({ "site/versions.txt": "1.1\n", "site/.git/HEAD": "" });
  const collection = await collect(root, BUILT);
  const before = contents(root);
  for (const folder of [root, join(root, "workspaces"), join(root, "site")]) {
    await expect(buildRegistry(collection, folder, 0)).rejects.toMatchObject({
      code: "E_USAGE",
      message: expect.stringMatching(/holds something other/),
    });
  }
  expect(contents(root)).toEqual(before);
});

it("names the folder when it cannot write", async () => {
  const root = makeRegistryProject({ file: "" });
  const collection = await collect(root, BUILT);
  for (const folder of [join(root, "file"), join(root, "file/below")]) {
    await expect(buildRegistry(collection, folder, 0)).rejects.toMatchObject({
      code: "E_USAGE",
      message: expect.stringContaining(folder),
    });
  }
});

/** The folder used to have the mode of a temporary one, so that another user's web server could not read it. */
it("creates the folder with the mode of the umask", async () => {
  const root = makeRegistryProject();
  mkdirSync(join(root, "like"));
  await buildRegistry(await collect(root, BUILT), join(root, "public"), 0);
  expect(statSync(join(root, "public")).mode).toBe(statSync(join(root, "like")).mode);
});

it("leaves out a format that no supported Kasm reads", async () => {
  const settings = { ...SETTINGS, compatibility: { from: "1.17" } };
  const root = makeRegistryProject({ "registry/registry.json": JSON.stringify(settings) });
  await buildRegistry(await collect(root, BUILT), join(root, "public"), 0);
  expect(existsSync(join(root, "public/1.0"))).toBe(false);
  expect(readFileSync(join(root, "public/versions.txt"), "utf8")).toBe("1.1\n");
});

/** As Kasm's importer is documented: it appends the format to the address, reads the list, shows the icons. */
it("serves what Kasm's importer reads over HTTP, and no other files", async () => {
  const root = makeRegistryProject();
  await buildRegistry(await collect(root, BUILT), join(root, "public"), 0);
  const served = await serveRegistry(join(root, "public"), {});
  onTestFinished(served.close);
  const address = `http://127.0.0.1:${served.port}/`;
  const list = JSON.parse(await (await fetch(`${address}1.1/list.json`)).text());
  const mine = list.workspaces.filter((entry: { compatibility: { version: string }[] }) =>
    entry.compatibility.some(({ version }) => version === `${NEWEST_KASM}.x`),
  );
  expect(mine.map(({ friendly_name }: { friendly_name: string }) => friendly_name)).toEqual([
    "Alpha & Co",
    "Beta",
  ]);
  for (const { image_src } of mine) {
    const icon = await fetch(`${address}1.1/icons/${image_src}`);
    expect([icon.status, icon.headers.get("content-type")]).toEqual([200, "image/svg+xml"]);
  }
  for (const path of [
    "/../registry/registry.json",
    "/%2e%2e/registry/registry.json",
    "/..%2fregistry%2fregistry.json",
    "/1.2/list.json",
    "/1.1/",
  ]) {
    expect([path, await status(served.port, path)]).toEqual([path, path === "/1.1/" ? 200 : 404]);
  }
  expect((await fetch(address, { method: "POST" })).status).toBe(405);
});

/** It used to propose another port for another machine's address, and port 6902 for port 6902. */
it("says what to change when it cannot listen", async () => {
  const root = makeProject({ "index.html": "" });
  const first = await serveRegistry(root, {});
  onTestFinished(first.close);
  await expect(serveRegistry(root, { port: first.port })).rejects.toMatchObject({
    code: "E_USAGE",
    fix: expect.stringMatching(/^Choose another: --port \d+$/),
  });
  await expect(serveRegistry(root, { bind: "203.0.113.1" })).rejects.toMatchObject({
    code: "E_USAGE",
    fix: expect.stringContaining("--bind"),
  });
});

/** Requests the path unchanged: other clients normalise it. */
async function status(port: number, path: string): Promise<number | undefined> {
  const [response] = await once(request({ host: "127.0.0.1", port, path }).end(), "response");
  response.resume();
  return response.statusCode;
}
