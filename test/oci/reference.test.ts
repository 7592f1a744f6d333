import { expect, it } from "vitest";
import { parseReference, renderReference } from "../../src/oci/reference.ts";

it.each([
  ["registry.example/team/desktop:1.0", "registry.example/team/desktop:1.0"],
  ["registry.example/desktop", "registry.example/desktop:latest"],
  ["localhost/desktop", "localhost/desktop:latest"],
  ["localhost:5000/a/b/c_d__e-f.g:v1_2", "localhost:5000/a/b/c_d__e-f.g:v1_2"],
  ["builder:5000/desktop", "builder:5000/desktop:latest"],
  ["10.0.0.7:5000/desktop:7", "10.0.0.7:5000/desktop:7"],
  ["[::1]:5000/desktop:7", "[::1]:5000/desktop:7"],
])("reads %s", (text, full) => {
  expect(renderReference(parseReference(text))).toBe(full);
});

it.each([
  ["desktop", "registry's host"],
  ["team/desktop:1", "registry's host"],
  ["", "registry's host"],
  ["registry.example/", "lower-case letters"],
  ["registry.example/Desktop", "lower-case letters"],
  ["registry.example/a//b", "lower-case letters"],
  ["registry.example/../b", "lower-case letters"],
  ["registry.example/desktop:", "the tag consists of"],
  ["registry.example/desktop:a:b", "the tag consists of"],
  [`registry.example/desktop:${"x".repeat(129)}`, "the tag consists of"],
  ["registry.example/desktop@sha256:00", "digest"],
  ["https://registry.example/desktop", "registry's host"],
  ["user:secret@registry.example/desktop", "registry's host"],
])("refuses %s, with the reason and an example", (text, reason) => {
  expect(() => parseReference(text)).toThrow(
    expect.objectContaining({
      code: "E_USAGE",
      message: expect.stringContaining(reason),
      fix: expect.stringContaining("HOST/NAME"),
    }),
  );
});
