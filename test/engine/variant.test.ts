import { expect, test } from "vitest";
import { chooseVariant, isOfDebian, needsInputs, splitName } from "../../src/engine/variant.ts";
import type { Workspace } from "../../src/model/types.ts";
import { TINY } from "../model/tiny.ts";

test("the end of an image's name is distinguished from a workspace's own name", () => {
  const known = ["desktop", "odd-nixpkgs"];
  expect(splitName("desktop", known)).toEqual({ workspace: "desktop", suffix: "" });
  expect(splitName("desktop-nixpkgs", known)).toEqual({ workspace: "desktop", suffix: "-nixpkgs" });
  expect(splitName("desktop-kasmvnc", known)).toEqual({ workspace: "desktop", suffix: "-kasmvnc" });
  // An unknown name stays as it was typed.
  expect(splitName("desk-kasmvnc", known)).toEqual({ workspace: "desk-kasmvnc", suffix: "" });
  expect(splitName("odd-nixpkgs", known)).toEqual({ workspace: "odd-nixpkgs", suffix: "" });
});

test("a workspace has the image of nixpkgs only if it names the packages in it", () => {
  expect(() => chooseVariant(TINY, "-nixpkgs", false)).toThrow(/names no packages of nixpkgs/);
  const onNixpkgs: Workspace = { ...TINY, base: { distribution: "nixpkgs" } };
  expect(() => chooseVariant(onNixpkgs, "-nixpkgs", false)).toThrow(/it has no second image/);
  expect(chooseVariant({ ...TINY, nixpkgs: {} }, "-nixpkgs", false)).toEqual({
    suffix: "-nixpkgs",
    withoutVendor: false,
  });
});

/** The error was Nix's own. */
test("a workspace has the image with KasmVNC only if its own has another display server", () => {
  const own: Workspace = { ...TINY, display: { server: "kasmvnc" } };
  expect(() => chooseVariant(own, "-kasmvnc", false)).toThrow(/uses KasmVNC already/);
});

test("stand-ins for vendor software are for images that have any", () => {
  const app = {
    version: "1",
    url: "https://a.invalid/1",
    sha256: "0".repeat(64),
    format: "zip",
    programs: [],
  };
  const workspace = { ...TINY, nixpkgs: {}, vendor: { app } } as unknown as Workspace;
  expect(chooseVariant(workspace, "", true).withoutVendor).toBe(true);
  expect(chooseVariant(workspace, "-kasmvnc", true).withoutVendor).toBe(true);
  expect(chooseVariant(workspace, "-nixpkgs", true).withoutVendor).toBe(false);
  expect(chooseVariant(TINY, "", true).withoutVendor).toBe(false);
});

test("Debian's images with TigerVNC need no input, all others do", () => {
  const onNixpkgs: Workspace = { ...TINY, base: { distribution: "nixpkgs" } };
  const all = [
    [TINY, ""],
    [TINY, "-kasmvnc"],
    [TINY, "-nixpkgs"],
    [onNixpkgs, ""],
  ] as const;
  expect(all.map(([workspace, suffix]) => isOfDebian(workspace, { suffix }))).toEqual([
    true,
    true,
    false,
    false,
  ]);
  expect(all.map(([workspace, suffix]) => needsInputs(workspace, { suffix }))).toEqual([
    false,
    true,
    true,
    true,
  ]);
});
