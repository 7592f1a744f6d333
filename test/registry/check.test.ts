import { readFileSync, rmSync, writeFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { join } from "node:path";
import { expect, it, onTestFinished, vi } from "vitest";
import { buildRegistry } from "../../src/registry/build.ts";
import { checkRegistry } from "../../src/registry/check.ts";
import { collect } from "../../src/registry/collect.ts";
import { NEWEST_KASM } from "../../src/registry/kasm-versions.ts";
import { serveRegistry } from "../../src/registry/serve.ts";
import { openSource } from "../../src/registry/source.ts";
import { serve } from "../debian/fixtures.ts";
import { makeProject } from "../helpers/project.ts";
import { openProxy } from "../net/proxy.ts";
import { BUILT, EXAMPLES, makeRegistryProject, SETTINGS, SVG } from "./fixture.ts";

/** The header of a WebP of 64 x 64 pixels. */
const WEBP = Buffer.concat([
  Buffer.from("RIFF\x1e\0\0\0WEBPVP8 \x12\0\0\0"),
  Buffer.from([0x30, 1, 0, 0x9d, 1, 0x2a, 64, 0, 64, 0]),
]);

async function built(): Promise<string> {
  const root = makeRegistryProject();
  await buildRegistry(await collect(root, BUILT), join(root, "public"), 1000);
  return join(root, "public");
}

it("accepts a built registry, in a folder and over HTTP", async () => {
  const folder = await built();
  const expected = { versions: ["1.0", "1.1"], workspaces: 2, faults: [], warnings: [] };
  expect(await checkRegistry(openSource(folder))).toEqual(expected);
  const served = await serveRegistry(folder, {});
  onTestFinished(served.close);
  expect(await checkRegistry(openSource(`http://127.0.0.1:${served.port}`))).toEqual(expected);
});

/** A missing icon counted as much as a list that Kasm refuses. */
it("reports every fault with its file and place, what Kasm cannot use apart from what looks wrong", async () => {
  const folder = await built();
  const file = join(folder, "1.1/list.json");
  const list = JSON.parse(readFileSync(file, "utf8"));
  list.workspacecount = 7;
  list.workspaces[0].image_src = "beta.svg";
  list.workspaces[0].architecture = ["x86"];
  delete list.workspaces[1].sha;
  list.workspaces[1].compatibility[0].version = "1.16";
  list.workspaces[1].image_src = "../../secret.svg";
  list.workspaces.push({ ...list.workspaces[0], image_src: "gone.svg" }, list.workspaces[0]);
  writeFileSync(file, JSON.stringify(list));
  rmSync(join(folder, "1.0/list.json"));
  const { versions, faults, warnings } = await checkRegistry(openSource(folder));
  expect(versions).toEqual(["1.1"]);
  const shown = (found: typeof faults) => found.map(({ path, message }) => `${path} ${message}`);
  expect(shown(warnings)).toEqual([
    "1.1/list.json: workspacecount says 7, but there are 4",
    '1.1/list.json: image_src "beta.svg" is the icon of several workspaces: Kasm keeps only one of the files',
    "1.1/icons/gone.svg is missing",
  ]);
  expect(shown(faults)).toMatchInlineSnapshot(`
    [
      "1.1/list.json: workspaces[0].architecture[0] expected one of "amd64", "arm64", got "x86"",
      "1.1/list.json: workspaces[1].sha is missing",
      "1.1/list.json: workspaces[1].image_src expected a PNG or SVG file beside workspace.json, got "../../secret.svg"",
      "1.1/list.json: workspaces[1].compatibility[0].version expected a line of Kasm's versions, such as 1.18.x, got "1.16"",
      "1.1/list.json: workspaces[2].architecture[0] expected one of "amd64", "arm64", got "x86"",
      "1.1/list.json: workspaces[3].architecture[0] expected one of "amd64", "arm64", got "x86"",
    ]
  `);
});

/** An icon without a name used to be read as the folder of icons, which hid all other faults. */
it("reports icons that cannot be files, and accepts a file in place of a folder", async () => {
  const folder = await built();
  const file = join(folder, "1.1/list.json");
  const list = JSON.parse(readFileSync(file, "utf8"));
  list.workspaces[0].image_src = "";
  list.workspaces[1].image_src = "..";
  writeFileSync(file, JSON.stringify(list));
  rmSync(join(folder, "1.0"), { recursive: true });
  writeFileSync(join(folder, "1.0"), "");
  const { versions, faults } = await checkRegistry(openSource(folder));
  expect(versions).toEqual(["1.1"]);
  expect(faults.map(({ path }) => path)).toEqual([
    "1.1/list.json: workspaces[0].image_src",
    "1.1/list.json: workspaces[1].image_src",
  ]);
});

/** Object stores answer 403 for missing files: the check used to end with the first, and to request all at once. */
it("reports each icon that cannot be read, and requests few at a time", async () => {
  const folder = await built();
  const list = JSON.parse(readFileSync(join(folder, "1.1/list.json"), "utf8"));
  const [first] = list.workspaces;
  list.workspaces = Array.from({ length: 50 }, (_, index) => ({ ...first, image_src: `${index}.svg` }));
  list.workspacecount = 50;
  let [now, most] = [0, 0];
  const host = await serve((request, response) => {
    if (request.url === "/1.1/list.json") return response.end(JSON.stringify(list));
    if (!request.url?.includes("/icons/")) return response.writeHead(404).end();
    most = Math.max(most, ++now);
    return setImmediate(() => {
      now--;
      response.writeHead(403).end();
    });
  });
  const { warnings } = await checkRegistry(openSource(host));
  expect(warnings).toHaveLength(50);
  expect(warnings[7]).toMatchObject({
    path: "1.1/list.json: workspaces[7].image_src",
    message: expect.stringContaining("answers 403"),
  });
  expect(most).toBeLessThanOrEqual(8);
});

it("refuses lists that are not JSON, and places without a registry", async () => {
  const broken = makeProject({ "1.1/list.json": '{\n  "name" "x"\n}' });
  expect((await checkRegistry(openSource(broken))).faults).toEqual([
    { path: "1.1/list.json:2:10", message: "is not JSON: Expected ':' after property name" },
  ]);
  expect((await checkRegistry(openSource(makeProject({})))).faults).toMatchObject([
    { fix: expect.stringContaining("above 1.0 and 1.1") },
  ]);
  await expect(checkRegistry(openSource("http://127.0.0.1:9/"))).rejects.toMatchObject({ code: "E_PUBLISH" });
});

it("accepts the form of a public registry: other order of keys, further keys, null values", async () => {
  const list = {
    default_channel: null,
    channels: [],
    contact_url: null,
    list_url: null,
    description: null,
    icon: null,
    name: "LinuxServer.io",
    workspacecount: 1,
    modified: 1770312121643,
    something: "else",
    workspaces: [
      {
        sha: "d175d3581e406a4c92a145d77625f7bb3e7add29",
        friendly_name: "Altus",
        description: "x",
        image_src: "altus.png",
        architecture: ["amd64"],
        docker_registry: "https://ghcr.io/",
        categories: ["Communication"],
        exec_config: {},
        run_config: {
          security_opt: ["seccomp=unconfined"],
          entrypoint: ["/kasminit"],
          user: 1000,
          environment: { HOME: "/home/kasm-user" },
        },
        compatibility: ["1.16.x", `${NEWEST_KASM}.x`].map((version) => ({
          version,
          image: "lscr.io/linuxserver/altus:latest",
          uncompressed_size_mb: 2120,
        })),
      },
    ],
  };
  const icon = readFileSync(new URL("../../src/client/icon-192.png", import.meta.url));
  const folder = makeProject({ "1.1/list.json": JSON.stringify(list), "1.1/icons/x": "" });
  writeFileSync(join(folder, "1.1/icons/altus.png"), icon);
  expect(await checkRegistry(openSource(folder))).toMatchObject({ faults: [], warnings: [] });
});

/** A field of the old format, which converted registries keep, counted as much as a list that Kasm refuses. */
it("warns of fields that Kasm does not read, and of icons that are no PNG or SVG", async () => {
  const folder = await built();
  const file = join(folder, "1.1/list.json");
  const list = JSON.parse(readFileSync(file, "utf8"));
  Object.assign(list.workspaces[0], { name: "x:1", uncompressed_size_mb: 7, image_src: "photo.webp" });
  Object.assign(list.workspaces[1], { volume_mappings: {}, image_src: "wide.svg" });
  list.workspaces[1].compatibility[0].size = 7;
  writeFileSync(file, JSON.stringify(list));
  writeFileSync(join(folder, "1.1/icons/photo.webp"), WEBP);
  writeFileSync(join(folder, "1.1/icons/wide.svg"), SVG.replace("0 0 64 64", "0 0 64 10"));
  const { faults, warnings } = await checkRegistry(openSource(folder));
  expect(faults).toEqual([]);
  expect(warnings.map(({ path, message }) => `${path} ${message}`)).toEqual([
    "1.1/icons/photo.webp is a webp picture",
    "1.1/icons/wide.svg is 64 x 10, not square",
    "1.1/list.json: workspaces[0].name is a field of the format 1.0, without a meaning in 1.1",
    "1.1/list.json: workspaces[0].uncompressed_size_mb is a field of the format 1.0, without a meaning in 1.1",
    "1.1/list.json: workspaces[1].volume_mappings is not a known field",
    "1.1/list.json: workspaces[1].compatibility[0].size is not a known field",
  ]);
});

it("warns of addresses that are examples, once for each list", async () => {
  const settings = { "registry/registry.json": JSON.stringify({ ...SETTINGS, images: EXAMPLES.images }) };
  const root = makeRegistryProject(settings);
  await buildRegistry(await collect(root, BUILT), join(root, "public"), 1000);
  const { faults, warnings } = await checkRegistry(openSource(join(root, "public")));
  expect(faults).toEqual([]);
  expect(warnings.map(({ path, message }) => `${path} ${message}`)).toEqual(
    ["1.0", "1.1"].map(
      (format) => `${format}/list.json has addresses that are only examples, at which nothing is`,
    ),
  );
});

/** Kasm compares its own version with each of the list: the newest one showed nothing, and the check was content. */
it("warns of a registry that the newest Kasm shows nothing of", async () => {
  const settings = { ...SETTINGS, compatibility: { from: "1.15", to: "1.18" } };
  const root = makeRegistryProject({ "registry/registry.json": JSON.stringify(settings) });
  await buildRegistry(await collect(root, BUILT), join(root, "public"), 1000);
  const warned = {
    path: "1.1/list.json: compatibility",
    message: expect.stringContaining(`no workspace is for Kasm ${NEWEST_KASM}`),
    fix: expect.stringContaining(`Add ${NEWEST_KASM}.x`),
  };
  expect(await checkRegistry(openSource(join(root, "public")))).toMatchObject({
    faults: [],
    warnings: [warned],
  });
});

/** It asked past the proxy: behind one, no registry could be checked. */
it("asks through the proxy of the environment", async () => {
  const served = await serveRegistry(await built(), {});
  onTestFinished(served.close);
  const proxy = await openProxy(`http://127.0.0.1:${served.port}`);
  vi.stubEnv("HTTP_PROXY", proxy.address);
  onTestFinished(() => void vi.unstubAllEnvs());
  expect((await checkRegistry(openSource("http://registry.test/"))).faults).toEqual([]);
  expect(proxy.asked).toContain("http://registry.test/1.1/list.json");
});

/** A list of a server, with its icons. */
async function serveList(list: object | string, icons: (response: ServerResponse, url: string) => void) {
  let asked = 0;
  const host = await serve((request, response) => {
    const { url = "" } = request;
    if (url === "/1.1/list.json") return response.end(typeof list === "string" ? list : JSON.stringify(list));
    if (!url.includes("/icons/")) return response.writeHead(404).end();
    asked += 1;
    icons(response, url);
  });
  return { host, asked: () => asked };
}

async function listWith(count: number, more: object = {}) {
  const list = JSON.parse(readFileSync(join(await built(), "1.1/list.json"), "utf8"));
  const [first] = list.workspaces;
  list.workspaces = Array.from({ length: count }, (_, index) => ({
    ...first,
    image_src: `${index}.svg`,
    ...more,
  }));
  list.workspacecount = count;
  return list;
}

/** A list of 60,000 icons kept the check busy for minutes. */
it("reads only so many icons, shows only so many faults, and says so", async () => {
  const workspaces = Array.from({ length: 60_000 }, (_, index) => ({ image_src: `${index}.svg` }));
  const { host, asked } = await serveList(
    { ...(await listWith(0)), workspacecount: 60_000, workspaces },
    (response) => response.writeHead(404).end(),
  );
  const { warnings, faults } = await checkRegistry(openSource(host));
  expect(asked()).toBe(1_000);
  expect([warnings.length, faults.length]).toEqual([102, 101]);
  expect(warnings.slice(-2)).toMatchObject([
    { message: "has 900 more such faults" },
    { message: "only 1000 of 60000 icons were checked: there are too many" },
  ]);
  expect(faults.at(-1)).toMatchObject({ message: expect.stringMatching(/^has \d{6} more faults$/) });
});

it("gives a server only so much time in all", async () => {
  const list = await listWith(50);
  const { host } = await serveList(list, () => {});
  const { warnings, faults } = await checkRegistry(openSource(host, { patience: 1_000 }));
  expect(faults).toEqual([]);
  expect(warnings).toMatchObject([{ message: "only 0 of 50 icons were checked: the server takes too long" }]);
});

/** Names and values of a stranger's list were printed: control sequences for the terminal, or what a redirect fetched. */
it("shows nothing of what a server sends but kinds and sizes", async () => {
  const secret = "secret\u009b31m";
  const list = await listWith(3, { image_src: `${secret}.svg`, friendly_name: 7, architecture: [secret] });
  list.workspaces[0][secret] = 1;
  list.workspaces[1].exec_config = { [secret]: { cmd: "" } };
  for (const answer of [list, `{"a": ${secret}`]) {
    const { host } = await serveList(answer, (response) => response.end(secret));
    const shown = JSON.stringify(await checkRegistry(openSource(host)));
    expect(shown).not.toContain("secret");
    expect(shown).not.toContain("31m");
  }
  const { host } = await serveList(list, (response) => response.end(secret));
  const { faults, warnings } = await checkRegistry(openSource(host));
  expect(faults.map(({ path, message }) => `${path} ${message}`)).toContain(
    '1.1/list.json: workspaces[0].architecture[0] expected one of "amd64", "arm64", got a text of 10 characters',
  );
  expect(warnings.map(({ path, message }) => `${path} ${message}`)).toContain(
    "1.1/list.json: workspaces[0].image_src is not a readable picture",
  );
});
