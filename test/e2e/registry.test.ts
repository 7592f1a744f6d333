import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { detectEngine, type Engine } from "../../src/engine/detect.ts";
import { readReferrers } from "../../src/oci/attach.ts";
import { openRegistry } from "../../src/oci/client.ts";
import { type Checkout, copyProject, removeAll } from "../helpers/checkout.ts";
import { type OwnRegistry, startRegistry } from "../helpers/registry.ts";
import { SETTINGS, SVG } from "../registry/fixture.ts";

/** From a checkout to what a Kasm would start: pushed, offered, pulled by the name in the list, and painted. */
let engine: Engine;
let registry: OwnRegistry;
let checkout: Checkout;

beforeAll(async () => {
  engine = await detectEngine();
  await removeAll(engine);
  [registry, checkout] = await Promise.all([startRegistry(), copyProject()]);
  await onlyItsOwn(checkout.folder);
  await checkout.json("build", "e2e");
});

afterAll(async () => {
  await removeAll(engine);
  await checkout?.remove();
  await registry?.stop();
});

/** A registry of the workspace e2e alone, so that nothing else has to be built. */
async function onlyItsOwn(folder: string): Promise<void> {
  const workspaces = join(folder, "workspaces");
  for (const name of await readdir(workspaces)) {
    if (name !== "e2e") await rm(join(workspaces, name), { recursive: true });
  }
  await writeFile(join(workspaces, "e2e/icon.svg"), SVG);
  await mkdir(join(folder, "registry"));
  await writeFile(join(folder, "registry/logo.svg"), SVG);
  const settings = { ...SETTINGS, images: `${registry.host}/team/{workspace}` };
  await writeFile(join(folder, "registry/registry.json"), JSON.stringify(settings));
}

test("publish pushes the image under its tags, with its attestations, and offers it", async () => {
  expect(await checkout.json("registry", "publish")).toMatchObject({ workspaces: ["e2e"] });
  const images = JSON.parse(await readFile(join(checkout.folder, "registry/images.json"), "utf8"));
  expect(images.e2e).toMatchObject({ repository: `${registry.host}/team/e2e`, architectures: ["amd64"] });
  expect(images.e2e.tags).toContain("0.1.0-rolling-daily");
  const client = openRegistry({ registry: registry.host, repository: "team/e2e", insecure: true });
  const attestations = (await readReferrers(client, images.e2e.digest)).map(
    ({ artifactType }) => artifactType,
  );
  expect(attestations).toEqual([
    "application/vnd.cyclonedx+json",
    "application/spdx+json",
    "application/vnd.in-toto+json",
  ]);
  expect(await checkout.json("registry", "check", join(checkout.folder, "registry/public"))).toMatchObject({
    workspaces: 1,
  });
});

test("the image that the list names is pulled and comes to a painted desktop", async () => {
  const list = JSON.parse(await readFile(join(checkout.folder, "registry/public/1.1/list.json"), "utf8"));
  const { image } = list.workspaces[0].compatibility[0];
  await checkout.json("pull", "e2e", image);
  await checkout.json("run", "e2e", "--image", image);
  expect(await checkout.json("status", "e2e")).toMatchObject({ state: "running", ready: true });
});
