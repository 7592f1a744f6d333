import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { readPicture } from "../../../src/runtime/sign-in/picture.ts";

it.each([
  ["an SVG", "<svg/>", "data:image/svg+xml;base64,PHN2Zy8+"],
  ["a PNG", "\x89PNG", "data:image/png;base64,iVBORw=="],
  ["none", undefined, undefined],
  ["a large one", " ".repeat(64 * 1024 + 1), undefined],
])("the picture of a workspace with %s", (_, content, expected) => {
  const folder = mkdtempSync(join(tmpdir(), "kasmix-picture-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  if (content !== undefined) writeFileSync(join(folder, "icon"), content, "latin1");
  expect(readPicture(folder)).toBe(expected);
});
