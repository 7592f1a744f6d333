import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { collect } from "../../src/registry/collect.ts";
import { noteImage } from "../../src/registry/images.ts";
import { BUILT, makeRegistryProject, SETTINGS, SVG } from "./fixture.ts";

it("renders each workspace in both formats, with the order of keys of Kasm's own entries", async () => {
  const { offers } = await collect(makeRegistryProject(), BUILT);
  expect(offers.map(({ workspace }) => workspace.name)).toEqual(["alpha", "beta"]);
  const text = (version: "1.0" | "1.1") => offers[0]?.entries[version]?.json.toString("utf8") ?? "";
  expect(text("1.0")).toMatchInlineSnapshot(`
    "{
      "description": "The workspace alpha.",
      "docker_registry": "https://registry.example/",
      "image_src": "alpha.svg",
      "name": "registry.example/team/alpha:0.1.0",
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
      "docker_registry": "https://registry.example/",
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
          "image": "registry.example/team/alpha:0.1.0",
          "uncompressed_size_mb": 1235,
          "available_tags": [
            "0.1.0",
            "0.1"
          ]
        },
        {
          "version": "1.18.x",
          "image": "registry.example/team/alpha:0.1.0",
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
  const image = {
    repository: "registry.example/else/a",
    tags: ["2.0"],
    digest: `sha256:${"0".repeat(64)}`,
    architectures: ["amd64", "arm64"] as const,
    size: 5,
  };
  await noteImage(root, "alpha", image);
  const { offers } = await collect(root, {
    ...BUILT,
    builtSize: async (name) => (name === "beta" ? 7 : undefined),
  });
  expect(offers.map(({ image }) => image.repository)).toEqual([
    "registry.example/else/a",
    "registry.example/team/beta",
  ]);
  expect(JSON.parse(readFileSync(join(root, "registry/images.json"), "utf8"))).toEqual({ alpha: image });
});

it("reports all faults at once, each with its place and fix", async () => {
  const root = makeRegistryProject({
    "registry/logo.svg": SVG.replace("0 0 64 64", "0 0 64 10"),
    "workspaces/alpha/icon.svg": "no picture",
    "workspaces/beta/icon.svg": SVG,
  });
  const failed = collect(root, { ...BUILT, builtSize: async () => undefined });
  await expect(failed).rejects.toMatchObject({
    code: "E_MODEL",
    faults: [
      {
        path: "workspaces/alpha",
        message: expect.stringContaining("neither pushed nor built"),
        fix: expect.stringContaining("./kasmix build alpha"),
      },
      { path: "workspaces/alpha/icon.svg", message: "is not a readable picture" },
      { path: "workspaces/beta", message: expect.stringContaining("neither pushed nor built") },
      { path: "registry/logo.svg", message: "is 64 x 10, not square" },
    ],
  });
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
    listUrl: "https://registry.example/no-slash",
    images: "registry.example/x",
    compatibility: ["1.18"],
    nmae: 1,
  };
  const root = makeRegistryProject({ "registry/registry.json": JSON.stringify(faulty) });
  const failure = await collect(root, BUILT).catch((error) => error);
  expect(failure.faults.map(({ path }: { path: string }) => path)).toEqual([
    "registry/registry.json: nmae",
    "registry/registry.json: listUrl",
    "registry/registry.json: images",
    "registry/registry.json: compatibility[0]",
  ]);
});

it("refuses a damaged images.json, and says how to repair it", async () => {
  const root = makeRegistryProject({ "registry/images.json": '{"alpha": {"digest": "x"}}' });
  await expect(collect(root, BUILT)).rejects.toMatchObject({
    code: "E_MODEL",
    fix: expect.stringContaining("kasmix push"),
  });
});
