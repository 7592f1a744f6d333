import { expect, it } from "vitest";
import { type Origin, renderProvenance } from "../../src/sbom/provenance.ts";
import { SUBJECT } from "./fixture.ts";

const PUSHED = { name: "registry.example/team/desk", digest: `sha256:${"11".repeat(32)}` };
const ORIGIN: Origin = {
  source: { commit: "c0ffee" },
  pins: { "package-lock.json": "22", "nix/locks/desk.json": "33" },
  vendor: [{ name: "app", url: "https://vendor.example/app", sha256: "44" }],
  wheels: [{ name: "wheel", url: "https://wheels.example/wheel", sha256: "55" }],
  nix: "2.26",
};

it("states what was pushed, and from what and by which tools it was built", () => {
  expect(renderProvenance(PUSHED, SUBJECT, ORIGIN)).toEqual({
    _type: "https://in-toto.io/Statement/v1",
    subject: [{ name: PUSHED.name, digest: { sha256: "11".repeat(32) } }],
    predicateType: "https://slsa.dev/provenance/v1",
    predicate: {
      buildDefinition: {
        buildType: "urn:kasmix:build:1",
        externalParameters: { workspace: "desk", architecture: "amd64", vendor: true, wheels: true },
        internalParameters: { nix: { sandbox: true, substitute: false } },
        resolvedDependencies: [
          { name: "source", digest: { gitCommit: "c0ffee" } },
          { name: "nix/locks/desk.json", digest: { sha256: "33" } },
          { name: "package-lock.json", digest: { sha256: "22" } },
          { name: "vendor/app", uri: "https://vendor.example/app", digest: { sha256: "44" } },
          { name: "wheel/wheel", uri: "https://wheels.example/wheel", digest: { sha256: "55" } },
        ],
      },
      runDetails: {
        builder: { id: "urn:kasmix:builder", version: { kasmix: "0.1.0", nix: "2.26" } },
        byproducts: [
          { name: "image before its layers were compressed", digest: { sha256: "ab".repeat(32) } },
          { name: "configuration of the image", digest: { sha256: "cd".repeat(32) } },
        ],
      },
    },
  });
});

it("names no commit for a changed checkout", () => {
  const source = { commit: undefined, reason: "dirty" };
  const text = JSON.stringify(renderProvenance(PUSHED, SUBJECT, { ...ORIGIN, source }));
  expect(text).not.toContain("gitCommit");
  expect(text).toContain('"source":"dirty"');
});
