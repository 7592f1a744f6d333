import { expect, it } from "vitest";
import { licencesIn } from "../../src/sbom/licences.ts";

const HEAD = "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n";

it("lists the licences of a machine-readable copyright file, verbatim and once", () => {
  const text = `${HEAD}\nFiles: *\nLicense: GPL-2+ or Artistic\n\nFiles: a\nLicense: Expat\n Permission is\n\nLicense: Expat\n`;
  expect(licencesIn(text)).toEqual(["Expat", "GPL-2+ or Artistic"]);
});

it("does not guess from free text or an empty field", () => {
  expect(licencesIn("This is free software.\nLicense: GPL\n")).toEqual([]);
  expect(licencesIn(`${HEAD}\nLicense:\n see below\n`)).toEqual([]);
});
