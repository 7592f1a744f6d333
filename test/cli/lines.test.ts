import { PassThrough } from "node:stream";
import { expect, it } from "vitest";
import { lineFlags, printLines } from "../../src/cli/commands/_lines.ts";
import { createOutput } from "../../src/cli/output.ts";

const LINES = [
  { time: "2026-11-22T03:57:05.219Z", level: "info", service: "a", stream: "stdout", line: "hello" },
  {
    time: "2026-11-22T03:57:06.000Z",
    level: "warn",
    event: "service",
    service: "a",
    from: "ready",
    to: "backoff",
  },
].map((line) => JSON.stringify(line));

/** The output of `logs` or `events` for these lines, with these flags. */
async function printed({ json = false, follow = false, terminal = false, color = false }) {
  const stdout = Object.assign(new PassThrough({ encoding: "utf8" }), { isTTY: terminal });
  const plain = { json, quiet: false, verbose: false, color };
  const output = createOutput({ ...plain, stdout, stderr: new PassThrough() });
  const context = { root: "", argv: [], signal: new AbortController().signal, exitWith() {}, output };
  await printLines({ workspace: "desktop", service: "a", follow }, context, async (onLine) => {
    for (const line of LINES) await onLine(line);
  });
  return stdout.read() as string;
}

it("are readable on a terminal, in colour if wanted", async () => {
  const text = "03:57:05.219 a: hello\n03:57:06.000 warn a: ready -> backoff\n";
  expect(await printed({ terminal: true })).toBe(text);
  expect(await printed({ terminal: true, color: true })).toContain("\u001b[33m03:57:06.000 warn");
});

it("stay JSON in a pipe, one object a line", async () => {
  for (const flags of [{}, { follow: true }, { json: true, follow: true }, { color: true }]) {
    expect(await printed(flags)).toBe(`${LINES.join("\n")}\n`);
  }
});

it("are one value with --json", async () => {
  expect(JSON.parse(await printed({ json: true }))).toEqual({
    workspace: "desktop",
    service: "a",
    lines: LINES,
  });
});

it("pass --follow and --tail on, and refuse an invalid count", () => {
  expect(lineFlags({ workspace: "desktop", follow: true, tail: "7" })).toEqual(["--follow", "--tail", "7"]);
  expect(lineFlags({ workspace: "desktop" })).toEqual([]);
  expect(() => lineFlags({ workspace: "desktop", tail: "-1" })).toThrow("whole number");
});
