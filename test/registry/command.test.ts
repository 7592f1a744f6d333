import { expect, it } from "vitest";
import { callKasmix } from "../cli/kasmix.ts";
import { makeProject } from "../helpers/project.ts";

const refused = async (...words: string[]) => {
  const { exitCode, stderr } = await callKasmix(["registry", ...words]);
  return [exitCode, stderr];
};

/** `registry build FOLDER` built into the default folder, and said nothing of the one that was named. */
it("refuses a place where only check takes one", async () => {
  expect(await refused("build", "elsewhere")).toEqual([2, expect.stringContaining("--out elsewhere")]);
});

/** `publish` told of them when every image had been pushed. */
it("refuses what it could not build before anything is collected or sent", async () => {
  const full = makeProject({ "photo.jpg": "" });
  for (const action of ["build", "serve", "publish"]) {
    expect(await refused(action, "--url", "example.org")).toEqual([
      2,
      expect.stringContaining("--url takes"),
    ]);
    expect(await refused(action, "--out", full)).toEqual([2, expect.stringContaining("something else")]);
  }
});

it("an address that is none is a mistake of the command line", async () => {
  expect(await refused("check", "http://[")).toEqual([2, expect.stringContaining('"http://["')]);
});
