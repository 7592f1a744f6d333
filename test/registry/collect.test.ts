import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { loadWorkspace } from "../../src/model/load.ts";
import { collect } from "../../src/registry/collect.ts";
import { iconFaults } from "../../src/registry/icon.ts";
import { keepIcon, noteImage } from "../../src/registry/images.ts";
import { makeIcon } from "../../src/registry/make-icon.ts";
import { BUILT, EXAMPLES, makeRegistryProject, PUSHED, renderWorkspace, SETTINGS, SVG } from "./fixture.ts";

const PNG = readFileSync(join(import.meta.dirname, "../../src/client/icon-192.png"));

it("renders each workspace in both formats, with the order of keys of Kasm's own entries", async () => {
  const { offers } = await collect(makeRegistryProject(), BUILT);
  expect(offers.map(({ workspace }) => workspace.name)).toEqual(["alpha", "beta"]);
  const text = (version: "1.0" | "1.1") => offers[0]?.entries[version]?.json.toString("utf8") ?? "";
  expect(text("1.0")).toMatchInlineSnapshot(`
    "{
      "description": "The workspace alpha.",
      "docker_registry": "https://registry.test/",
      "image_src": "alpha.svg",
      "name": "registry.test/team/alpha:0.1.0",
      "run_config": {
        "hostname": "kasm"
      },
      "exec_config": {
        "go": {
          "cmd": "bash -c '/dockerstartup/custom_startup.sh --go --url \\"$KASM_URL\\"'"
        },
        "assign": {
          "cmd": "bash -c '/dockerstartup/custom_startup.sh --assign --url \\"$KASM_URL\\"'"
        }
      },
      "categories": [
        "Browser"
      ],
      "friendly_name": "Alpha & Co",
      "architecture": [
        "amd64"
      ],
      "compatibility": [
        "1.15.x"
      ],
      "uncompressed_size_mb": 1235,
      "cores": 2,
      "memory": 2148,
      "gpu_count": 0,
      "cpu_allocation_method": "Inherit"
    }
    "
  `);
  expect(text("1.1")).toMatchInlineSnapshot(`
    "{
      "description": "The workspace alpha.",
      "docker_registry": "https://registry.test/",
      "image_src": "alpha.svg",
      "run_config": {
        "hostname": "kasm"
      },
      "exec_config": {
        "go": {
          "cmd": "bash -c '/dockerstartup/custom_startup.sh --go --url \\"$KASM_URL\\"'"
        },
        "assign": {
          "cmd": "bash -c '/dockerstartup/custom_startup.sh --assign --url \\"$KASM_URL\\"'"
        }
      },
      "categories": [
        "Browser"
      ],
      "friendly_name": "Alpha & Co",
      "architecture": [
        "amd64"
      ],
      "compatibility": [
        {
          "version": "1.16.x",
          "image": "registry.test/team/alpha:0.1.0",
          "uncompressed_size_mb": 1235,
          "available_tags": [
            "0.1.0",
            "0.1"
          ]
        },
        {
          "version": "1.17.x",
          "image": "registry.test/team/alpha:0.1.0",
          "uncompressed_size_mb": 1235,
          "available_tags": [
            "0.1.0",
            "0.1"
          ]
        },
        {
          "version": "1.18.x",
          "image": "registry.test/team/alpha:0.1.0",
          "uncompressed_size_mb": 1235,
          "available_tags": [
            "0.1.0",
            "0.1"
          ]
        },
        {
          "version": "1.19.x",
          "image": "registry.test/team/alpha:0.1.0",
          "uncompressed_size_mb": 1235,
          "available_tags": [
            "0.1.0",
            "0.1"
          ]
        }
      ],
      "cores": 2,
      "memory": 2148,
      "gpu_count": 0,
      "cpu_allocation_method": "Inherit"
    }
    "
  `);
});

it("asks for neither root nor another seccomp profile", async () => {
  const { offers } = await collect(makeRegistryProject(), BUILT);
  expect(JSON.stringify(offers[0]?.entries["1.1"]?.json.toString("utf8"))).not.toMatch(
    /seccomp|"user"|root|cap_add/,
  );
});

it("offers the pushed image", async () => {
  const root = makeRegistryProject();
  await noteImage(root, "alpha", PUSHED);
  const { offers } = await collect(root, {
    ...BUILT,
    built: async (name) => (name === "beta" ? { size: 7, read: async () => undefined } : undefined),
  });
  expect(offers.map(({ image }) => image.repository)).toEqual([
    "registry.test/else/a",
    "registry.test/team/beta",
  ]);
  expect(JSON.parse(readFileSync(join(root, "registry/images.json"), "utf8"))).toEqual({ alpha: PUSHED });
});

it("takes an icon that is a file of the image from the build, and from the push where there is none", async () => {
  const root = makeRegistryProject({
    "workspaces/alpha/workspace.ts": renderWorkspace("alpha", { icon: "/usr/share/icons/app.png" }),
  });
  const built = async () => ({
    size: 7,
    read: async (path: string) => (path === "/usr/share/icons/app.png" ? PNG : undefined),
  });
  const [alpha] = (await collect(root, { ...BUILT, built })).offers;
  expect(alpha).toMatchObject({ icon: "alpha.png", picture: PNG });
  await noteImage(root, "alpha", PUSHED);
  const beta = async (name: string) => (name === "beta" ? built() : undefined);
  const without = await collect(root, { ...BUILT, built: beta });
  expect(without.warnings).toContainEqual(
    expect.objectContaining({ path: "registry/icons/alpha.png", message: "is missing" }),
  );
  expect(without.offers[0]?.icon).toBe("alpha.svg");
  const workspace = await loadWorkspace(root, "alpha");
  await keepIcon(root, workspace, (await built()).read);
  const [pushed] = (await collect(root, { ...BUILT, built: beta })).offers;
  expect(pushed).toMatchObject({ icon: "alpha.png", picture: PNG, image: { repository: PUSHED.repository } });
});

it("names an icon that the image does not have", async () => {
  const root = makeRegistryProject({
    "workspaces/alpha/workspace.ts": renderWorkspace("alpha", { icon: "/usr/share/icons/none.png" }),
  });
  expect((await collect(root, BUILT)).warnings).toContainEqual(
    expect.objectContaining({ path: "alpha: /usr/share/icons/none.png", message: "is missing" }),
  );
});

it("warns of what looks wrong: examples for addresses, icons that cannot be read or are not square", async () => {
  const root = makeRegistryProject({
    "registry/registry.json": JSON.stringify({ ...SETTINGS, images: EXAMPLES.images }),
    "registry/logo.svg": SVG.replace("0 0 64 64", "0 0 64 10"),
    "workspaces/alpha/icon.svg": "no picture",
    "workspaces/beta/icon.svg": SVG,
  });
  const { offers, warnings } = await collect(root, BUILT);
  expect(warnings.map(({ path, message }) => `${path} ${message}`)).toEqual([
    `registry/registry.json: images ${EXAMPLES.images} is only an example`,
    "workspaces/alpha/icon.svg is not a readable picture",
    "registry/logo.svg is 64 x 10, not square",
  ]);
  expect(offers[0]?.picture.toString("utf8")).toContain(">A</text>");
});

/** The new workspace of somebody broke the registry of all others. */
it("makes an icon from the title of a workspace without one", async () => {
  const workspace = renderWorkspace("gamma", { title: "<Straße> & Co" });
  const { offers, warnings } = await collect(
    makeRegistryProject({ "workspaces/gamma/workspace.ts": workspace }),
    BUILT,
  );
  const [, , gamma] = offers;
  expect(gamma?.icon).toBe("gamma.svg");
  expect(iconFaults(gamma?.picture ?? Buffer.alloc(0), "icon")).toEqual([]);
  expect(gamma?.picture.toString("utf8")).toMatch(/<title>&#60;Straße&#62; &#38; Co<.*>S<\/text>/s);
  expect(warnings.map(({ path }) => path)).not.toContainEqual(expect.stringContaining("gamma"));
  expect(gamma?.picture).not.toEqual(makeIcon("delta", "<Straße> & Co"));
});

/** Each of them was a fault, and nothing was built. */
it("leaves out what was neither pushed nor built, unless that is everything", async () => {
  const root = makeRegistryProject();
  const beta = async (name: string) => (name === "beta" ? BUILT.built() : undefined);
  const { offers, leftOut } = await collect(root, { ...BUILT, built: beta });
  expect(offers.map(({ workspace }) => workspace.name)).toEqual(["beta"]);
  expect(leftOut).toEqual(["alpha"]);
  await expect(collect(root, { ...BUILT, built: async () => undefined })).rejects.toMatchObject({
    code: "E_MODEL",
    fix: expect.stringContaining("./kasmix build NAME"),
  });
});

it("takes the picture of a workspace that has one", async () => {
  const root = makeRegistryProject({ "registry/pictures/beta.webp": "picture" });
  const { offers } = await collect(root, BUILT);
  expect(offers.map(({ view }) => view?.toString())).toEqual([undefined, "picture"]);
});

it.each([
  ["settings that are not JSON", "{", "registry/registry.json is invalid"],
  ["settings that are a list", "[]", "registry/registry.json is not a JSON object"],
])("refuses %s", async (_, text, message) => {
  const root = makeRegistryProject({ "registry/registry.json": text });
  await expect(collect(root, BUILT)).rejects.toMatchObject({
    code: "E_MODEL",
    message: expect.stringContaining(message),
  });
});

it("refuses invalid settings with every fault", async () => {
  const faulty = {
    ...SETTINGS,
    listUrl: "https://registry.test/no-slash",
    images: "registry.test/x",
    compatibility: { from: "1.18.x" },
    nmae: 1,
  };
  const root = makeRegistryProject({ "registry/registry.json": JSON.stringify(faulty) });
  const failure = await collect(root, BUILT).catch((error) => error);
  expect(failure.faults.map(({ path }: { path: string }) => path)).toEqual([
    "registry/registry.json: nmae",
    "registry/registry.json: listUrl",
    "registry/registry.json: images",
    "registry/registry.json: compatibility.from",
  ]);
});

it("refuses a damaged images.json, and says how to repair it", async () => {
  const root = makeRegistryProject({ "registry/images.json": '{"alpha": {"digest": "x"}}' });
  await expect(collect(root, BUILT)).rejects.toMatchObject({
    code: "E_MODEL",
    fix: expect.stringContaining("kasmix push"),
  });
});
