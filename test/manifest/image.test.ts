import { expect, it } from "vitest";
import { parseImage } from "../../src/manifest/image.ts";

const DIGEST = `sha256:${"0a".repeat(32)}`;

it.each([
  ["kasmix/desktop", "kasmix/desktop", "latest", ""],
  ["localhost:5000/desktop", "localhost:5000/desktop", "latest", ""],
  ["localhost:5000/desktop:1.0", "localhost:5000/desktop", "1.0", ""],
  ["registry.example/a/b:1.0-daily", "registry.example/a/b", "1.0-daily", ""],
  [`registry.example/a/b@${DIGEST}`, "registry.example/a/b", "", DIGEST],
  ["[::1]:5000/desktop:1.0", "[::1]:5000/desktop", "1.0", ""],
  [`registry.example/a/b:1.0@${DIGEST}`, "registry.example/a/b", "", DIGEST],
])("splits %s", (text, repository, tag, digest) => {
  expect(parseImage(text)).toEqual({ repository, tag, digest });
});

it.each([
  ...["", "a b", "desktop:", "desktop@sha256:12", "-desktop", "desktop;rm", "$(id)/a"],
  // Engines refuse these, and each used to end up in manifests.
  ...[
    "a:b:c",
    "a//b",
    "registry.example/Team/desktop",
    "Desktop",
    "a/b/",
    "https://registry.example/desktop",
  ],
])("refuses %s", (text) => {
  expect(() => parseImage(text)).toThrow(expect.objectContaining({ code: "E_USAGE" }));
});
