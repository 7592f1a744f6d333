import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "kasmix-log-"));
const COMMAND = [
  process.execPath,
  "--import",
  "tsx",
  join(import.meta.dirname, "../fixtures/log-edge.ts"),
  folder,
];

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the log on standard output", () => {
  it("is one JSON object per line, which the journal gets too", () => {
    const { stdout, stderr } = spawnSync(COMMAND[0] as string, COMMAND.slice(1), { encoding: "utf8" });
    expect(JSON.parse(stdout)).toMatchObject({ level: "info", event: "service", service: "a", to: "ready" });
    expect(stderr).toBe(stdout);
  });

  it("is readable on a terminal; the journal stays JSON, and the files have both", () => {
    // script(1) gives its command a terminal.
    const { stdout } = spawnSync("script", ["-qec", COMMAND.join(" "), "/dev/null"], { encoding: "utf8" });
    expect(stdout).toMatch(/^\d\d:\d\d:\d\d\.\d{3} a: starting -> ready pid=7\r?$/m);
    expect(stdout).toMatch(/^\{"time":.*"to":"ready"/m);
    const file = (name: string) => readFileSync(join(folder, name), "utf8");
    expect(file("container-health.jsonl")).toMatch(/^(\{.*"to":"ready".*\}\n){2}$/);
    expect(file("container-health.log")).toMatch(/^(20\S+Z INFO a: starting -> ready pid=7\n){2}$/);
  });
});
