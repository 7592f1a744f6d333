import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it } from "vitest";
import { makeProject } from "../helpers/project.ts";
import { callKasmix, kasmix, LAUNCHER } from "./kasmix.ts";

it("shows the help on stderr and fails without a command", async () => {
  const run = await callKasmix([]);
  expect(run.exitCode).toBe(2);
  expect(run.stdout).toBe("");
  expect(run.stderr).toContain("Usage");
});

it("shows the help on stdout and succeeds with --help, -h and help COMMAND", async () => {
  for (const args of [["--help"], ["-h"], ["up", "-h"], ["help", "up"], ["up", "desktop", "--help"]]) {
    const run = await callKasmix(args);
    expect({ args, exitCode: run.exitCode, stderr: run.stderr }).toEqual({ args, exitCode: 0, stderr: "" });
    expect(run.stdout).toContain("Usage");
  }
});

it("prints the version, as text and as JSON", async () => {
  expect((await callKasmix(["--version"])).stdout).toMatch(/^\d+\.\d+\.\d+$/);
  expect(JSON.parse((await callKasmix(["-V", "--json"])).stdout)).toEqual({ version: expect.any(String) });
});

it.each([
  { args: ["upp"], says: 'There is no command "upp"', fix: "Did you mean ./kasmix up?" },
  { args: ["frobnicate"], says: "There is no command", fix: "See ./kasmix --help" },
  { args: ["constructor"], says: 'There is no command "constructor"', fix: "See ./kasmix --help" },
  { args: ["up"], says: "WORKSPACE is missing", fix: "./kasmix up --help" },
  { args: ["up", "desktpo"], says: 'no workspace "desktpo"', fix: 'Did you mean "desktop"?' },
  { args: ["status", "desktpo"], says: 'no workspace "desktpo"', fix: 'Did you mean "desktop"?' },
  { args: ["up", "desktop", "--prot", "7"], says: 'no flag "--prot"', fix: "Did you mean --port?" },
  { args: ["up", "desktop", "--no-bild"], says: 'no flag "--no-bild"', fix: "Did you mean --no-build?" },
  { args: ["up", "desktop", "--port"], says: "--port needs a value", fix: "./kasmix up --help" },
  { args: ["up", "desktop", "--port", "--quiet"], says: "--port needs a value", fix: "./kasmix up --help" },
  { args: ["up", "desktop", "--port", "0"], says: "port from 1 to 65535", fix: "" },
  { args: ["up", "desktop", "--frozen=maybe"], says: "--frozen takes no value", fix: "" },
  { args: ["build", "desktop", "more"], says: 'unexpected argument "more"', fix: "./kasmix build --help" },
  { args: ["exec", "desktop", "ls"], says: 'unexpected argument "ls"', fix: "exec desktop -- ls" },
  { args: ["list", "--", "x"], says: 'takes no arguments after "--"', fix: "" },
  { args: ["logs", "desktop", "--tail", "x"], says: "whole number", fix: "" },
  { args: ["restart"], says: "WORKSPACE is missing", fix: "./kasmix restart --help" },
  { args: ["restrat", "desktop"], says: 'no command "restrat"', fix: "Did you mean ./kasmix restart?" },
  { args: ["stop", "desktop", "--nowait"], says: 'no flag "--nowait"', fix: "Did you mean --no-wait?" },
  { args: ["start", "desktop", "--timeout", "soon"], says: "whole number", fix: "" },
  { args: ["events", "desktop", "a", "b"], says: 'unexpected argument "b"', fix: "./kasmix events --help" },
  { args: ["test", "unti"], says: 'no test tier "unti"', fix: "Did you mean unit?" },
  { args: ["--frob"], says: 'no flag "--frob"', fix: "./kasmix --help" },
])("refuses $args with exit code 2, the reason and the fix", async ({ args, says, fix }) => {
  const run = await callKasmix(args);
  expect(run.stderr.toLowerCase()).toContain(says.toLowerCase());
  expect(run.stderr).toContain(fix);
  expect({ exitCode: run.exitCode, stdout: run.stdout }).toEqual({ exitCode: 2, stdout: "" });
});

it("puts a failure on stdout as JSON with --json, besides the text on stderr", async () => {
  const run = await callKasmix(["up", "desktpo", "--json"]);
  expect(JSON.parse(run.stdout)).toEqual({
    error: { code: "E_USAGE", exitCode: 2, message: expect.any(String), fix: expect.any(String), faults: [] },
  });
  expect(run.stderr).toMatch(/^error: /);
  expect(run.exitCode).toBe(2);
});

it("prints no control characters into a pipe, even where colour is forced", async () => {
  const environments = [{}, { NO_COLOR: "1" }, { FORCE_COLOR: "3" }] as const;
  for (const environment of environments) {
    for (const args of [["--help"], ["up", "--help"], ["list"], ["upp"]]) {
      const run = await callKasmix(args, { environment });
      // biome-ignore lint/suspicious/noControlCharactersInRegex: the test looks for them
      expect(run.stdout + run.stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
    }
  }
});

it("works from any folder and through symbolic links, also relative ones", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "kasmix cli #%?"));
  try {
    await symlink(LAUNCHER, path.join(folder, "direct"));
    await symlink("direct", path.join(folder, "relative"));
    const run = await kasmix(["--version"], { file: "./relative", cwd: folder });
    expect(run).toEqual({ exitCode: 0, stdout: expect.stringMatching(/^\d+\./), stderr: "" });
  } finally {
    await rm(folder, { recursive: true });
  }
});

/** The first line that nobody read ended the process with a stack trace, whatever it was doing. */
it("continues when nobody reads stderr", async () => {
  const folder = makeProject({});
  const line = 'mkfifo "$1"; { exec 3<"$1"; exec 3<&-; } & "$0" nope 2>"$1"; echo $?';
  const run = await kasmix(["-c", line, LAUNCHER, path.join(folder, "pipe")], { file: "bash" });
  expect(run.stdout).toBe("2");
});

it("ends quietly when the reader of its output goes away", async () => {
  const run = await kasmix(["-c", `"$0" --help | head -n 1; echo "\${PIPESTATUS[0]}"`, LAUNCHER], {
    file: "bash",
  });
  expect(run.stdout.split("\n").at(-1)).toBe("0");
  expect(run.stderr).toBe("");
});
