import { describe, expect, it } from "vitest";
import { GLOBAL_ARGS } from "../../src/cli/command.ts";
import { COMMANDS } from "../../src/cli/commands.ts";
import { KASMIX } from "../../src/cli/program.ts";
import { isNegatable } from "../../src/terminal/arguments.ts";
import { readCommandLine } from "../../src/terminal/command-line.ts";
import { renderMainUsage } from "../../src/terminal/usage.ts";
import { callKasmix } from "./kasmix.ts";

/** Columns that a line of a help may have: what most terminals show. */
const WIDTH = 140;

const commands = await Promise.all(
  Object.entries(COMMANDS).map(async ([name, { description, load }]) => ({
    name,
    description,
    command: await load(),
  })),
);

describe.each(commands)("kasmix $name --help", ({ name, description, command }) => {
  const args = Object.entries(command.args);

  it("goes to stdout with exit code 0, and no line is too wide", async () => {
    const { exitCode, stdout, stderr } = await callKasmix([name, "--help"]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout.split("\n").filter((line) => line.length > WIDTH)).toEqual([]);
  });

  it("says what the command is for, how to call it, and every flag that it takes", async () => {
    const { stdout } = await callKasmix([name, "--help"]);
    const lines = stdout.split("\n");
    expect(description).toMatch(/^[A-Z].*[^.]$/);
    expect(lines[0]).toBe(`${description}.`);
    expect(stdout).toContain(`\nUsage\n  ./kasmix ${name}`);
    for (const [key, arg] of [...args, ...Object.entries(GLOBAL_ARGS)]) {
      const label = labelOf(key, arg);
      const rows = lines.filter((line) => / {2}\S/.test(line.trim()));
      const row = rows.find((line) =>
        line
          .trim()
          .split(/ {2,}/)[0]
          ?.split(/[ ,[]+/)
          .includes(label),
      );
      // A row is its label, two blanks, and a description without a full stop.
      expect(row, label).toMatch(/^ {2}\S.* {2}\S.*[^.]$/);
    }
  });

  it("has examples, each explained, that the command line accepts", async () => {
    expect(command.examples.length).toBeGreaterThan(0);
    for (const { command: line, explanation } of command.examples) {
      expect(explanation, line).toMatch(/^\S.*[^.]$/);
      const [program, ...words] = wordsOf(line);
      expect(program).toBe("./kasmix");
      expect(await readCommandLine(words, KASMIX, (text) => text)).toMatchObject({ command });
    }
  });

  it("is named when a flag is misspelt, with the flag that was meant", async () => {
    const flags = args.filter(([, arg]) => arg.type !== "positional").map(([key, arg]) => labelOf(key, arg));
    for (const flag of [...flags, "--json"]) {
      const { exitCode, stdout, stderr } = await callKasmix([name, `${flag}x`]);
      expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
      expect(stderr).toBe(`error: ${name} has no flag "${flag}x".\nfix: Did you mean ${flag}?`);
    }
  });
});

it("kasmix --help lists every command with its description, and its examples are accepted", async () => {
  const lines = renderMainUsage(KASMIX, (text) => text).split("\n");
  expect(lines.filter((line) => line.length > WIDTH)).toEqual([]);
  for (const { name, description } of commands) {
    expect(lines.some((line) => line.startsWith(`  ${name} `) && line.endsWith(` ${description}`))).toBe(
      true,
    );
  }
  for (const { command } of KASMIX.examples) {
    const [, ...words] = wordsOf(command);
    expect(await readCommandLine(words, KASMIX, (text) => text)).toHaveProperty("command");
  }
});

/** An argument as the help shows it. */
function labelOf(
  key: string,
  arg: (typeof GLOBAL_ARGS)[keyof typeof GLOBAL_ARGS] | { type?: string },
): string {
  if (arg.type === "positional") return key.toUpperCase();
  return isNegatable(arg as never) ? `--no-${key}` : `--${key}`;
}

/** The words of an example, as a shell would split them: without variables before it and what it is piped into. */
function wordsOf(line: string): string[] {
  const [command = ""] = line.replace(/^([A-Z_]+=\S+ )+/, "").split(/ [|<>] /);
  return command.split(" ").filter((word) => word !== "");
}
