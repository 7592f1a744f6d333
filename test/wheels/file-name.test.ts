import { expect, it } from "vitest";
import { parseWheelName } from "../../src/wheels/file-name.ts";

it("reads package, version, Python and architecture from the name of a wheel's file", () => {
  expect(parseWheelName("pixelflux-2.2.1-cp313-cp313-manylinux_2_28_x86_64.whl")).toEqual({
    ...{ name: "pixelflux", version: "2.2.1", python: "3.13", abi: "cp313" },
    platform: "manylinux_2_28_x86_64",
  });
  expect(parseWheelName("a_b-1.0rc1-cp39-abi3-musllinux_1_2_aarch64.whl")).toMatchObject({
    ...{ name: "a_b", version: "1.0rc1", python: "3.9", abi: "abi3" },
  });
});

it.each([
  "pixelflux-2.2.1.tar.gz",
  "six-1.17.0-py2.py3-none-any.whl",
  "pixelflux-2.2.1-cp313-cp313-manylinux_2_28_x86_64.whl.asc",
  "--index-url-1-cp313-cp313-any.whl",
])("knows that %s is none for one CPython", (file) => {
  expect(parseWheelName(file)).toBeUndefined();
});
