import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { replaceFile } from "../../src/files/replace.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kasmix-replace-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
});

const modeOf = (path: string): number => statSync(path).mode & 0o777;

test("a file is replaced with the mode that is asked for, also where the former is read-only", async () => {
  const file = join(folder, "file");
  await replaceFile(file, "old", { mode: 0o444 });
  chmodSync(file, 0o400);
  await replaceFile(file, "new", { mode: 0o600 });
  expect(readFileSync(file, "utf8")).toBe("new");
  expect(modeOf(file)).toBe(0o600);
  expect(readdirSync(folder)).toEqual(["file"]);
});

test("the folders that are missing are made", async () => {
  const file = join(folder, "a", "b", "file");
  await replaceFile(file, "text", { folderMode: 0o700 });
  expect(readFileSync(file, "utf8")).toBe("text");
  expect([modeOf(join(folder, "a")), modeOf(join(folder, "a", "b"))]).toEqual([0o700, 0o700]);
});

test("many at once leave one whole text", async () => {
  const file = join(folder, "file");
  const texts = Array.from({ length: 20 }, (_, index) => String(index).repeat(10_000));
  await Promise.all(texts.map((text) => replaceFile(file, text)));
  expect(texts).toContain(readFileSync(file, "utf8"));
  expect(readdirSync(folder)).toEqual(["file"]);
});

test("a failed replacement leaves nothing behind", async () => {
  const file = join(folder, "taken");
  mkdirSync(join(file, "inside"), { recursive: true });
  await expect(replaceFile(file, "text")).rejects.toMatchObject({ code: "EISDIR" });
  expect(readdirSync(folder)).toEqual(["taken"]);
});
