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

it("leaves a sound home's directories alone", () => {
  const { log, records } = memoryLog();
  expect(baseDirectories(directories(), log)).toEqual({});
  expect(records).toEqual([]);
});

it("has stand-ins for what is broken in a home, and says what that costs", () => {
  writeFileSync(join(folder, "home/.config"), "");
  const { log, events } = memoryLog();
  const environment = baseDirectories(directories(), log);
  expect(environment).toEqual({ XDG_CONFIG_HOME: join(folder, "runtime/home/.config") });
  expect(events("home.broken")).toMatchObject([{ path: join(folder, "home/.config") }]);
});

it("says what to do when there is not even a place for temporary files", () => {
  writeFileSync(join(folder, "file"), "");
  const nowhere = join(folder, "file/below");
  const prepare = () =>
    prepareDirectories({ HOME: nowhere, XDG_RUNTIME_DIR: nowhere }, nowhere, memoryLog().log);
  expect(prepare).toThrow(`--tmpfs ${nowhere}:mode=1777`);
});
