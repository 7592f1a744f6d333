import { PassThrough } from "node:stream";
import { expect, it } from "vitest";
import { createOutput, type OutputOptions } from "../../src/cli/output.ts";
import { renderBar } from "../../src/cli/progress.ts";
import { KasmixError } from "../../src/model/error.ts";
import { renderError, renderErrorReport, toKasmixError } from "../../src/terminal/report.ts";
import { wantsColor } from "../../src/terminal/style.ts";

function capture(flags: Partial<OutputOptions> & { readonly terminal?: boolean } = {}) {
  const stdout = new PassThrough({ encoding: "utf8" });
  const stderr = Object.assign(new PassThrough({ encoding: "utf8" }), {
    isTTY: flags.terminal ?? false,
    columns: 80,
  });
  const plain = { json: false, quiet: false, verbose: false, color: true };
  const output = createOutput({ ...plain, ...flags, stdout, stderr });
  return { output, out: (): string => stdout.read() ?? "", err: (): string => stderr.read() ?? "" };
}

it("puts results on stdout and everything else on stderr", () => {
  const { output, out, err } = capture();
  output.step("building");
  output.warn("careful");
  output.detail("only with --verbose");
  output.result({ a: 1 }, "one");
  expect(out()).toBe("one\n");
  expect(err()).toBe("building\nwarning: careful\n");
});

it("prints the value instead of the text with --json", () => {
  const { output, out } = capture({ json: true });
  output.result({ a: 1 }, "one");
  expect(JSON.parse(out())).toEqual({ a: 1 });
});

it("keeps only warnings with --quiet, and shows the tools' lines with --verbose", () => {
  const quiet = capture({ quiet: true });
  quiet.output.step("building");
  quiet.output.progress("long").end();
  quiet.output.warn("careful");
  expect(quiet.err()).toBe("warning: careful\n");
  const verbose = capture({ verbose: true });
  verbose.output.detail("gcc …");
  expect(verbose.err()).toBe("  gcc …\n");
});

it("shows progress as plain lines at each quarter without a terminal", () => {
  const { output, err } = capture();
  const bar = output.progress("Fetching");
  for (let done = 0; done <= 100; done += 10) bar.update(done, 100, `${done} of 100`);
  bar.end("Fetched 100");
  expect(err().split("\n")).toEqual([
    "Fetching ...",
    "Fetching: 25% 30 of 100",
    "Fetching: 50% 50 of 100",
    "Fetching: 75% 80 of 100",
    "Fetched 100",
    "",
  ]);
});

it("rewrites one line on a terminal, and ends it with a line break", () => {
  const { output, err } = capture({ terminal: true });
  const bar = output.progress("Fetching");
  bar.update(1, 2);
  bar.end("Fetched");
  expect(err()).toBe("Fetching\r\u001b[KFetching [##########----------] 50%\r\u001b[KFetched\n");
});

/** Most commands left the bar on its line, followed by the error: "Waiting for the desktoperror: ..." */
it("puts an error on a line of its own, with and without a bar", () => {
  const onTerminal = capture({ terminal: true });
  onTerminal.output.progress("Fetching").end();
  onTerminal.output.error("error: one");
  onTerminal.output.progress("Waiting");
  onTerminal.output.error("error: two");
  expect(onTerminal.err()).toBe("Fetching\r\u001b[KFetching\nerror: one\nWaiting\nerror: two\n");
  const piped = capture();
  piped.output.progress("Fetching");
  piped.output.error("error: one");
  expect(piped.err()).toBe("Fetching ...\nerror: one\n");
});

it("cuts the bar to the terminal's width", () => {
  expect(renderBar("Building", 1, 4, "a-rather-long-derivation-name", 40)).toBe(
    "Building [#####---------------] 25% a-r",
  );
  expect(renderBar("Waiting", 0, 0, "", 80)).toBe("Waiting");
});

it.each([
  { environment: {}, color: true },
  { environment: { NO_COLOR: "1" }, color: false },
  { environment: { NO_COLOR: "" }, color: true },
  { environment: { TERM: "dumb" }, color: false },
  { environment: { CI: "true" }, color: false },
])("decides on colour by $environment", ({ environment, color }) => {
  expect(wantsColor(environment)).toBe(color);
});

it("prints every fault with its place and its fix", () => {
  const error = new KasmixError("E_MODEL", "desktop has 2 faults.", {
    faults: [
      { path: "apps[0].command", message: "expected a list,\ngot a string", fix: "Put it in brackets." },
      { path: "name", message: "is missing" },
    ],
    fix: "Correct workspaces/desktop/workspace.ts.",
  });
  expect(`\n${renderError(error)}\n`).toMatchInlineSnapshot(`
    "
    error: desktop has 2 faults.
      apps[0].command: expected a list,
        got a string
        fix: Put it in brackets.
      name: is missing
    fix: Correct workspaces/desktop/workspace.ts.
    "
  `);
  expect(renderErrorReport(error).error).toMatchObject({
    code: "E_MODEL",
    exitCode: 3,
    faults: error.faults,
  });
});

it("asks to report an internal fault, with its place in the code", () => {
  const error = toKasmixError(new TypeError("x is not a function"), new AbortController().signal);
  expect(error).toMatchObject({ code: "E_INTERNAL", exitCode: 1 });
  expect(renderError(error)).toMatch(
    /error: x is not a function\nTypeError[\s\S]*output\.test[\s\S]*please report/,
  );
});

it("reports anything thrown after Ctrl-C as an interruption, with exit code 130", () => {
  const controller = new AbortController();
  controller.abort();
  expect(toKasmixError(new Error("aborted"), controller.signal)).toMatchObject({ exitCode: 130 });
});
