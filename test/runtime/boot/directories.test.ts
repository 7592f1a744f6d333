import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { baseDirectories, prepareDirectories } from "../../../src/runtime/boot/directories.ts";
import { memoryLog } from "../memory-log.ts";

let folder: string;
const directories = () => ({ home: join(folder, "home"), runtime: join(folder, "runtime") });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kasmix-directories-"));
  mkdirSync(join(folder, "home"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

it("keeps the directories of an intact home", () => {
  const { log, records } = memoryLog();
  expect(baseDirectories(directories(), log)).toEqual({});
  expect(records).toEqual([]);
});

it("replaces broken directories of a home, and logs the consequence", () => {
  writeFileSync(join(folder, "home/.config"), "");
  const { log, events } = memoryLog();
  const environment = baseDirectories(directories(), log);
  expect(environment).toEqual({ XDG_CONFIG_HOME: join(folder, "runtime/home/.config") });
  expect(events("home.broken")).toMatchObject([{ path: join(folder, "home/.config") }]);
});

it("gives advice when there is no place for temporary files", () => {
  writeFileSync(join(folder, "file"), "");
  const nowhere = join(folder, "file/below");
  const prepare = () =>
    prepareDirectories({ HOME: nowhere, XDG_RUNTIME_DIR: nowhere }, nowhere, memoryLog().log);
  expect(prepare).toThrow(`--tmpfs ${nowhere}:mode=1777`);
});
