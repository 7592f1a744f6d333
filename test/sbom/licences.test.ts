import { expect, it } from "vitest";
import { licencesIn } from "../../src/sbom/licences.ts";

const HEAD = "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n";

it("gives what a machine-readable copyright file names, word for word and once", () => {
  const text = `${HEAD}\nFiles: *\nLicense: GPL-2+ or Artistic\n\nFiles: a\nLicense: Expat\n Permission is\n\nLicense: Expat\n`;
  expect(licencesIn(text)).toEqual(["Expat", "GPL-2+ or Artistic"]);
});

it("guesses nothing from free text, or from an empty field", () => {
  expect(licencesIn("This is free software.\nLicense: GPL\n")).toEqual([]);
  expect(licencesIn(`${HEAD}\nLicense:\n see below\n`)).toEqual([]);
});
