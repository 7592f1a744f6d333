import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findKasmVnc } from "../../../src/runtime/kasmvnc/find.ts";
import { prepareKasmVnc } from "../../../src/runtime/kasmvnc/prepare.ts";
import { memoryLog } from "../memory-log.ts";

const DISPLAY = { resolution: "1280x720", frameRate: 60 };

let folder: string;
let directories: { home: string; runtime: string };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kasmix-prepare-"));
  directories = { home: join(folder, "home"), runtime: join(folder, "run") };
  for (const path of ["home", "run", "kasmvnc/bin", "kasmvnc/share/kasmvnc/www"])
    mkdirSync(join(folder, path), { recursive: true });
  writeFileSync(join(folder, "kasmvnc/bin/Xvnc"), "#!/bin/sh\n", { mode: 0o755 });
  writeFileSync(join(folder, "kasmvnc/share/kasmvnc/www/index.html"), "client");
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("KasmVNC", () => {
  it("is found if it can be run, whatever the workspace says", () => {
    const { log, records } = memoryLog();
    const environment = { KASMIX_KASMVNC: join(folder, "kasmvnc") };
    expect(findKasmVnc(environment, DISPLAY, log)).toEqual({
      xvnc: join(folder, "kasmvnc/bin/Xvnc"),
      www: join(folder, "kasmvnc/share/kasmvnc/www"),
    });
    chmodSync(join(folder, "kasmvnc/bin/Xvnc"), 0o644);
    expect(findKasmVnc({}, DISPLAY, log)).toBeUndefined();
    expect(records).toEqual([]);
    // An image without the vendor software that it should have.
    expect(findKasmVnc(environment, DISPLAY, log)).toBeUndefined();
    expect(findKasmVnc({}, { ...DISPLAY, server: "kasmvnc" }, log)).toBeUndefined();
    expect(records).toMatchObject([{ event: "kasmvnc.missing" }, { event: "kasmvnc.missing" }]);
    writeFileSync(join(folder, "kasmvnc/bin/Xkasmvnc"), "#!/bin/sh\n", { mode: 0o755 });
    expect(findKasmVnc(environment, DISPLAY, log)?.xvnc).toBe(join(folder, "kasmvnc/bin/Xkasmvnc"));
  });
});

it("has logins and a port, and a log line where its client is missing", async () => {
  const { log, records, events } = memoryLog();
  const place = { xvnc: join(folder, "kasmvnc/bin/Xvnc"), www: join(folder, "kasmvnc/share/kasmvnc/www") };
  const { files, port } = await prepareKasmVnc(place, directories, log);
  expect(files).toMatchObject({ ...place, passwords: join(directories.runtime, "kasmpasswd") });
  expect(port).toBeGreaterThan(1023);
  expect(records).toEqual([]);
  rmSync(join(folder, "kasmvnc/share"), { recursive: true });
  await prepareKasmVnc(place, directories, log);
  expect(events("kasmvnc.client")).toHaveLength(1);
});
