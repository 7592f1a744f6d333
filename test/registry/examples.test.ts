import { expect, it } from "vitest";
import { exampleFaults, isExample, requireRealAddresses } from "../../src/registry/examples.ts";
import { EXAMPLES } from "./fixture.ts";

it.each([
  ["https://registry.example/kasmix/", true],
  ["registry.example:5000/team/desktop:1.0", true],
  ["https://EXAMPLE.org/kasm/", true],
  ["images.example.com/{workspace}", true],
  ["registry.invalid/x", true],
  ["https://example.dev/", false],
  ["https://registry.test/example/", false],
  ["myexample.com/team/{workspace}", false],
  ["localhost:5000/registry.example", false],
  ["http://192.0.2.7:8080/", false],
])("%s is an example: %s", (address, is) => {
  expect(isExample(address)).toBe(is);
});

it("names each setting that is an example, and what belongs there", () => {
  expect(exampleFaults(EXAMPLES).map(({ path, fix }) => [path, fix])).toEqual([
    ["registry/registry.json: listUrl", expect.stringContaining("--url")],
    ["registry/registry.json: contactUrl", expect.stringContaining("reach you")],
    ["registry/registry.json: images", expect.stringContaining("{workspace}")],
  ]);
  const real = { ...EXAMPLES, images: "registry.test/{workspace}" };
  expect(() => requireRealAddresses(real, ["images"])).not.toThrow();
  expect(() => requireRealAddresses(real)).toThrow("does not say yet where to publish");
});
