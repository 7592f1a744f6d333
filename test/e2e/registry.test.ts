import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readReferrers } from "../../src/oci/attach.ts";
import { openRegistry } from "../../src/oci/client.ts";
import { type Checkout, copyProject } from "../helpers/checkout.ts";
import { type OwnRegistry, startRegistry } from "../helpers/registry.ts";
import { SETTINGS, SVG } from "../registry/fixture.ts";

const NAME = "e2e-registry";

/** From a checkout to what a Kasm starts: pushed, offered, pulled by the name in the list, and painted. */
let registry: OwnRegistry;
let checkout: Checkout;

beforeAll(async () => {
  [registry, checkout] = await Promise.all([startRegistry(), copyProject(NAME)]);
  await onlyItsOwn(checkout.folder);
  await checkout.json("build", NAME);
});

afterAll(async () => {
  await checkout?.remove();
  await registry?.stop();
});

/** A registry of the workspace e2e alone, so that nothing else has to be built. */
async function onlyItsOwn(folder: string): Promise<void> {
  const workspaces = join(folder, "workspaces");
  for (const name of await readdir(workspaces)) {
    if (name !== NAME) await rm(join(workspaces, name), { recursive: true });
  }
  await writeFile(join(workspaces, NAME, "icon.svg"), SVG);
  await mkdir(join(folder, "registry"));
  await writeFile(join(folder, "registry/logo.svg"), SVG);
  const settings = { ...SETTINGS, images: `${registry.host}/team/{workspace}` };
  await writeFile(join(folder, "registry/registry.json"), JSON.stringify(settings));
}

test("publish pushes the image under its tags with its attestations, and lists it", async () => {
  expect(await checkout.json("registry", "publish")).toMatchObject({ workspaces: [NAME] });
  const images = JSON.parse(await readFile(join(checkout.folder, "registry/images.json"), "utf8"));
  expect(images[NAME]).toMatchObject({
    repository: `${registry.host}/team/${NAME}`,
    architectures: ["amd64"],
  });
  expect(images[NAME].tags).toContain("0.1.0-rolling-daily");
  const client = openRegistry({ registry: registry.host, repository: `team/${NAME}`, insecure: true });
  const attestations = (await readReferrers(client, images[NAME].digest)).map(
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

test("the image in the list is pulled and becomes a ready desktop", async () => {
  const list = JSON.parse(await readFile(join(checkout.folder, "registry/public/1.1/list.json"), "utf8"));
  const { image } = list.workspaces[0].compatibility[0];
  await checkout.json("pull", NAME, image);
  await checkout.json("run", NAME, "--image", image);
  expect(await checkout.json("status", NAME)).toMatchObject({ state: "running", ready: true });
});
