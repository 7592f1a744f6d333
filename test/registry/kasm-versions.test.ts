import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { kasmVersions, NEWEST_KASM, OLDEST_KASM, rangeFaults } from "../../src/registry/kasm-versions.ts";

it("writes a range out, up to the newest known version unless an end is given", () => {
  expect(kasmVersions({ from: "1.17", to: "1.20" })).toEqual(["1.17.x", "1.18.x", "1.19.x", "1.20.x"]);
  expect(kasmVersions({ from: NEWEST_KASM })).toEqual([`${NEWEST_KASM}.x`]);
});

it.each([
  [{ from: "1.12" }, "compatibility.from is 1.12, and Kasm has registries since 1.13"],
  [{ from: "0.99" }, "compatibility.from is 0.99, and Kasm has registries since 1.13"],
  [
    { from: "1.18", to: "1.16" },
    "compatibility goes from 1.18 to 1.16, which is no range within a major version",
  ],
  [
    { from: "1.18", to: "2.1" },
    "compatibility goes from 1.18 to 2.1, which is no range within a major version",
  ],
])("refuses %o", (range, text) => {
  const faults = rangeFaults(range, "compatibility");
  expect(faults.map(({ path, message }) => `${path} ${message}`)).toEqual([text]);
  expect(rangeFaults({ from: OLDEST_KASM, to: "1.30" }, "compatibility")).toEqual([]);
});

/** The list ended with 1.18 when Kasm was at 1.19, which therefore listed nothing. */
it("documents the versions that it knows, and this project's registry offers the newest", () => {
  const read = (file: string) => readFileSync(join(import.meta.dirname, "../..", file), "utf8");
  expect(read("docs/build/registry.md")).toContain(`Kasm ${OLDEST_KASM} to ${NEWEST_KASM}`);
  const { compatibility } = JSON.parse(read("registry/registry.json"));
  expect(kasmVersions(compatibility)).toContain(`${NEWEST_KASM}.x`);
});
