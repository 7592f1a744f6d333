import { expect, test } from "vitest";
import { gatherDropped, gatherFiles, gatherPasted } from "../../../src/client/uploads/gather.ts";

const file = (name: string, type = "", webkitRelativePath = "") =>
  ({ name, type, webkitRelativePath }) as File;
const paths = (wanted: readonly { path: string }[]) => wanted.map(({ path }) => path);

/** Entries as browsers provide them: by callbacks, and no more than a hundred at a time. */
function fileEntry(fullPath: string) {
  const name = fullPath.replace(/.*\//, "");
  return {
    isFile: true,
    isDirectory: false,
    fullPath,
    file: (give: (given: File) => void) => give(file(name)),
  };
}
function folderEntry(fullPath: string, children: readonly object[]) {
  const rest = [...children];
  const readEntries = (give: (some: object[]) => void) => give(rest.splice(0, 100));
  return { isFile: false, isDirectory: true, fullPath, createReader: () => ({ readEntries }) };
}
const item = (entry: object | null, given: File | null = null) => ({
  kind: "file",
  webkitGetAsEntry: () => entry,
  getAsFile: () => given,
});
const dropped = (...items: object[]) => gatherDropped({ items } as unknown as DataTransfer);

test("a dropped folder gives all its files with their paths, however many", async () => {
  const many = Array.from({ length: 250 }, (_, n) => fileEntry(`/d/${n}`));
  const tree = folderEntry("/d", [
    ...many,
    folderEntry("/d/sub", [fileEntry("/d/sub/x")]),
    folderEntry("/d/no", []),
  ]);
  const wanted = await dropped(item(tree), item(fileEntry("/a.txt")));
  expect(wanted).toHaveLength(252);
  expect(paths(wanted)).toEqual(expect.arrayContaining(["d/249", "d/sub/x", "a.txt"]));
});

test("a dropped file without a file system entry is accepted; text is not", async () => {
  expect(paths(await dropped(item(null, file("picture.png")), { kind: "string" }))).toEqual(["picture.png"]);
});

test("an unreadable folder is reported", async () => {
  const readEntries = (_give: unknown, fail: (error: Error) => void) => fail(new Error("NotReadableError"));
  const broken = { ...folderEntry("/d", []), createReader: () => ({ readEntries }) };
  await expect(dropped(item(broken))).rejects.toThrow("NotReadableError");
});

test("files of a chosen folder have their paths", () => {
  expect(paths(gatherFiles([file("x", "", "d/x"), file("y")]))).toEqual(["d/x", "y"]);
});

test("a copied picture is not a pasted file, but picture files are", () => {
  const pasted = (...files: File[]) => paths(gatherPasted({ files } as unknown as DataTransfer));
  expect(pasted(file("image.png", "image/png"))).toEqual([]);
  expect(pasted(file("photo.png", "image/png"))).toEqual(["photo.png"]);
  expect(pasted(file("image.png", "image/png"), file("b.txt"))).toEqual(["image.png", "b.txt"]);
  expect(gatherPasted(null)).toEqual([]);
});
