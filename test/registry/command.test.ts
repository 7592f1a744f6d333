import { expect, it } from "vitest";
import { noteImage } from "../../src/registry/images.ts";
import { callKasmix } from "../cli/kasmix.ts";
import { makeProject } from "../helpers/project.ts";
import { EXAMPLES, makeRegistryProject, PUSHED } from "./fixture.ts";

const refused = async (...words: string[]) => {
  const { exitCode, stderr } = await callKasmix(["registry", ...words]);
  return [exitCode, stderr];
};

/** `registry build FOLDER` used to ignore the folder. */
it("accepts a place only for check", async () => {
  expect(await refused("build", "elsewhere")).toEqual([2, expect.stringContaining("--out elsewhere")]);
});

/** `publish` used to report these faults after pushing every image. */
it("refuses invalid flags before anything is built or pushed", async () => {
  const full = makeProject({ "photo.jpg": "" });
  for (const action of ["build", "serve", "publish"]) {
    expect(await refused(action, "--url", "example.org")).toEqual([
      2,
      expect.stringContaining("--url takes"),
    ]);
    expect(await refused(action, "--out", full)).toEqual([2, expect.stringContaining("something other")]);
  }
});

it("treats an invalid address as a wrong command line", async () => {
  expect(await refused("check", "http://[")).toEqual([2, expect.stringContaining('"http://["')]);
});

/** Every image was built and sent to a host that does not exist. */
it("pushes and publishes nothing while the addresses are examples", async () => {
  const root = makeRegistryProject({ "registry/registry.json": JSON.stringify(EXAMPLES) });
  for (const [words, count] of [
    [["registry", "publish"], 3],
    [["registry", "publish", "--url", "https://kasm.test/"], 2],
    [["push", "alpha"], 1],
  ] as const) {
    const { exitCode, stderr } = await callKasmix(words, { root });
    expect([words, exitCode, stderr.match(/is only an example/g)?.length]).toEqual([words, 3, count]);
  }
  const { stderr } = await callKasmix(["push", "alpha", "registry.test/alpha"], { root });
  expect(stderr).not.toContain("example");
});

/** Each was a fault of five lines. */
it("names in one line what is left out, and builds the rest", async () => {
  const root = makeRegistryProject({
    "package.json": '{"version": "0.1.0"}',
    "registry/registry.json": JSON.stringify(EXAMPLES),
  });
  const none = await callKasmix(["registry", "build"], { root });
  expect([none.exitCode, none.stderr]).toEqual([3, expect.stringContaining("would be empty")]);
  await noteImage(root, "beta", PUSHED);
  const { exitCode, stdout, stderr } = await callKasmix(["registry", "build", "--json"], { root });
  expect([exitCode, JSON.parse(stdout)]).toMatchObject([0, { workspaces: ["beta"], leftOut: ["alpha"] }]);
  expect(stderr).toMatch(/^warning: Left out, because .*: alpha\n {4}fix: \.\/kasmix build NAME/);
  expect(stderr).toContain("is only an example");
});
