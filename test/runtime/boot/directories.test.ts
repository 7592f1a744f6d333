import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { baseDirectories, prepareDirectories } from "../../../src/runtime/boot/directories.ts";
import { shareHome } from "../../../src/runtime/boot/share-home.ts";
import { homeNotice } from "../../../src/runtime/side/home-notice.ts";
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

it("says why nothing is kept where the home cannot be used, to the log and to shells of docker exec", () => {
  const [shared, file] = [join(folder, "shared"), join(folder, "file")];
  writeFileSync(file, "");
  const { log, events } = memoryLog();
  const prepared = prepareDirectories({ HOME: file, XDG_RUNTIME_DIR: join(folder, "runtime") }, folder, log);
  const homeWarning = expect.stringMatching(/cannot write to .*file: nothing will be kept\. Mount/);
  expect(prepared).toMatchObject({ home: expect.stringContaining("kasmix-home-"), homeWarning });
  expect(events("home.fallback")).toMatchObject([{ message: prepared.homeWarning }]);
  expect(homeNotice(prepared)).toMatchObject([{ name: "temporary-home" }]);
  shareHome(prepared, shared);
  expect(readFileSync(join(shared, "home"), "utf8")).toBe(`${prepared.home}\n`);
  // The volume was repaired, and the container started again.
  expect(homeNotice(directories())).toEqual([]);
  shareHome(directories(), shared);
  expect(existsSync(join(shared, "home"))).toBe(false);
});

it("gives advice when there is no place for temporary files", () => {
  writeFileSync(join(folder, "file"), "");
  const nowhere = join(folder, "file/below");
  const prepare = () =>
    prepareDirectories({ HOME: nowhere, XDG_RUNTIME_DIR: nowhere }, nowhere, memoryLog().log);
  expect(prepare).toThrow(`--tmpfs ${nowhere}:mode=1777`);
});
