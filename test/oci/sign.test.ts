import { chmodSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { requireCosign, signImage } from "../../src/oci/sign.ts";
import { makeProject } from "../helpers/project.ts";

/** Lets only these programs be found, besides the shell's own. */
function withPrograms(programs: Readonly<Record<string, string>>): string {
  const root = makeProject(programs);
  for (const name of Object.keys(programs)) chmodSync(join(root, name), 0o755);
  const before = process.env.PATH;
  process.env.PATH = root;
  onTestFinished(() => {
    process.env.PATH = before;
  });
  return root;
}

it("says so where cosign is missing", async () => {
  withPrograms({});
  await expect(requireCosign()).rejects.toMatchObject({
    code: "E_MACHINE",
    message: expect.stringContaining("cosign"),
    fix: expect.stringContaining("without --sign"),
  });
});

it("signs the digest by cosign, and says that a failure came after the push", async () => {
  const root = withPrograms({ cosign: '#!/bin/sh\necho "$@" >"$0.asked"\necho "no key" >&2\nexit 1\n' });
  await expect(requireCosign()).resolves.toBeUndefined();
  await expect(signImage("registry.example/x@sha256:ab")).rejects.toMatchObject({
    code: "E_PUBLISH",
    message: expect.stringMatching(/was pushed, but not signed: no key/),
  });
  expect(readFileSync(join(root, "cosign.asked"), "utf8")).toBe("sign --yes registry.example/x@sha256:ab\n");
});
