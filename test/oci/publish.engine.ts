import { rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterAll, beforeAll, expect, it } from "vitest";
import { pushWorkspace } from "../../src/cli/commands/_push.ts";
import { createOutput } from "../../src/cli/output.ts";
import { detectEngine, type Engine } from "../../src/engine/detect.ts";
import { type Image, readImage } from "../../src/engine/image.ts";
import { readArchitectures } from "../../src/oci/architectures.ts";
import { openRegistry } from "../../src/oci/client.ts";
import { publishImage } from "../../src/oci/publish.ts";
import { parseReference } from "../../src/oci/reference.ts";
import { readImages } from "../../src/registry/images.ts";
import { busyboxLayer } from "../engine/helpers/busybox.ts";
import { makeLayout } from "../engine/helpers/layout.ts";
import { type OwnRegistry, startRegistry } from "../helpers/registry.ts";
import { makeRegistryProject, SETTINGS } from "../registry/fixture.ts";

let engine: Engine;
let registry: OwnRegistry;
const folders: string[] = [];

beforeAll(async () => {
  [engine, registry] = await Promise.all([detectEngine(), startRegistry()]);
});

afterAll(async () => {
  await registry.stop();
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true })));
});

async function imageFor(architecture: string, content: string): Promise<Image> {
  const layers = [await busyboxLayer(), [{ name: "top", content }]];
  const config = { Cmd: ["/bin/sh", "-c", "cat /top"] };
  const folder = await makeLayout({ name: "kasmix/publish", layers, config, architecture });
  folders.push(folder);
  return readImage(folder);
}

const tagOf = (name: string) => parseReference(`${registry.host}/team/${name}:1.0`);
const architectures = async (name: string) => {
  const client = openRegistry({ registry: registry.host, repository: `team/${name}`, insecure: true });
  return (await readArchitectures(client, "1.0")).map(({ architecture, descriptor }) => [
    architecture,
    descriptor.digest,
  ]);
};

it("a single architecture is a plain image", async () => {
  const published = await publishImage(await imageFor("amd64", "alone"), tagOf("alone"));
  expect(published).toMatchObject({ architectures: ["amd64"] });
  expect(published.index).toBeUndefined();
  expect(await architectures("alone")).toEqual([["amd64", published.digest]]);
});

it("an image for another architecture stays, and each machine gets its own", async () => {
  const arm = await publishImage(await imageFor("arm64", "arm"), tagOf("both"));
  const amd = await publishImage(await imageFor("amd64", "amd"), tagOf("both"));
  expect(amd).toMatchObject({ architectures: ["amd64", "arm64"], index: expect.stringMatching(/^sha256:/) });
  expect(await architectures("both")).toEqual([
    ["amd64", amd.digest],
    ["arm64", arm.digest],
  ]);
  const tag = `${registry.host}/team/both:1.0`;
  expect(await engine.run(["run", "--rm", "--network=none", tag])).toBe("amd");
  await engine.run(["image", "rm", "--force", tag]);
});

it("a newer image replaces only the one for its architecture", async () => {
  const arm = await publishImage(await imageFor("arm64", "arm"), tagOf("newer"));
  await publishImage(await imageFor("amd64", "old"), tagOf("newer"));
  const amd = await publishImage(await imageFor("amd64", "new"), tagOf("newer"));
  expect(await architectures("newer")).toEqual([
    ["amd64", amd.digest],
    ["arm64", arm.digest],
  ]);
  expect(await publishImage(await imageFor("amd64", "new"), tagOf("newer"))).toEqual(amd);
});

/** It replaced the workspace's own image in the list, so that Kasm got another display server. */
it("another image of a workspace is pushed, and the list keeps the workspace's own", async () => {
  const layout = await makeLayout({
    name: "kasmix/alpha-kasmvnc",
    layers: [[{ name: "top", content: "kasmvnc" }]],
  });
  folders.push(layout);
  const images = `${registry.host}/team/{workspace}`;
  const root = makeRegistryProject({
    "registry/registry.json": JSON.stringify({ ...SETTINGS, images }),
    "package.json": '{"version":"1.2.3"}',
    ".kasmix/x": "",
  });
  const options = { insecure: false, attest: false, sign: false, withoutVendor: false };
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const output = createOutput({ json: false, quiet: true, verbose: false, color: false, stdout, stderr });
  const context = { root, output, argv: [], signal: new AbortController().signal, exitWith() {} };
  for (const name of ["alpha", "alpha-kasmvnc"]) {
    await symlink(layout, join(root, `.kasmix/result-${name}`));
    const { references } = await pushWorkspace(context, name, options);
    expect(references[0]).toBe(`${registry.host}/team/${name}:1.2.3`);
  }
  const { alpha, ...others } = await readImages(root);
  expect(alpha?.repository).toBe(`${registry.host}/team/alpha`);
  expect(others).toEqual({});
});
