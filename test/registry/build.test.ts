import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { buildRegistry } from "../../src/registry/build.ts";
import { collect } from "../../src/registry/collect.ts";
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

it("gives the same bytes for the same time, and replaces what was there as a whole", async () => {
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

/** `--out .` replaced the whole checkout by the site, and deleted it. */
it("refuses a folder with anything else in it, and leaves it as it is", async () => {
  const root = makeRegistryProject({ "site/versions.txt": "1.1\n", "site/.git/HEAD": "" });
  const collection = await collect(root, BUILT);
  const before = contents(root);
  for (const folder of [root, join(root, "workspaces"), join(root, "site")]) {
    await expect(buildRegistry(collection, folder, 0)).rejects.toMatchObject({
      code: "E_USAGE",
      message: expect.stringMatching(/holds something else/),
    });
  }
  expect(contents(root)).toEqual(before);
});

it("says where it cannot write", async () => {
  const root = makeRegistryProject({ file: "" });
  const collection = await collect(root, BUILT);
  for (const folder of [join(root, "file"), join(root, "file/below")]) {
    await expect(buildRegistry(collection, folder, 0)).rejects.toMatchObject({
      code: "E_USAGE",
      message: expect.stringContaining(folder),
    });
  }
});

/** The folder had the rights of a temporary one: a web server of another user could not read the site. */
it("may be read by all whom the umask lets", async () => {
  const root = makeRegistryProject();
  mkdirSync(join(root, "like"));
  await buildRegistry(await collect(root, BUILT), join(root, "public"), 0);
  expect(statSync(join(root, "public")).mode).toBe(statSync(join(root, "like")).mode);
});

it("leaves out the format that none of the Kasms reads", async () => {
  const settings = { ...SETTINGS, compatibility: ["1.17.x"] };
  const root = makeRegistryProject({ "registry/registry.json": JSON.stringify(settings) });
  await buildRegistry(await collect(root, BUILT), join(root, "public"), 0);
  expect(existsSync(join(root, "public/1.0"))).toBe(false);
  expect(readFileSync(join(root, "public/versions.txt"), "utf8")).toBe("1.1\n");
});

/** What Kasm's importer is documented to do: it appends the format to the address, reads the list, shows the icons. */
it("is read over HTTP as Kasm's importer does, and nothing else of the machine is", async () => {
  const root = makeRegistryProject();
  await buildRegistry(await collect(root, BUILT), join(root, "public"), 0);
  const served = await serveRegistry(join(root, "public"), {});
  onTestFinished(served.close);
  const address = `http://127.0.0.1:${served.port}/`;
  const list = JSON.parse(await (await fetch(`${address}1.1/list.json`)).text());
  const mine = list.workspaces.filter((entry: { compatibility: { version: string }[] }) =>
    entry.compatibility.some(({ version }) => version === "1.18.x"),
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

/** For an address that is not this machine's it told to choose another port; for 6902 it told to choose 6902. */
it("says what to change where it cannot listen", async () => {
  const root = makeProject({ "index.html": "" });
  const first = await serveRegistry(root, {});
  onTestFinished(first.close);
  await expect(serveRegistry(root, { port: first.port })).rejects.toMatchObject({
    code: "E_USAGE",
    fix: `Choose another: --port ${first.port + 1}`,
  });
  await expect(serveRegistry(root, { bind: "203.0.113.1" })).rejects.toMatchObject({
    code: "E_USAGE",
    fix: expect.stringContaining("--bind"),
  });
});

/** As it stands, without a client that tidies the path. */
async function status(port: number, path: string): Promise<number | undefined> {
  const [response] = await once(request({ host: "127.0.0.1", port, path }).end(), "response");
  response.resume();
  return response.statusCode;
}
