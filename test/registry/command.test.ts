import { expect, it } from "vitest";
import { callKasmix } from "../cli/kasmix.ts";
import { makeProject } from "../helpers/project.ts";

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
