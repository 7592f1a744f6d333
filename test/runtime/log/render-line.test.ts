import { expect, it } from "vitest";
import { renderFileLine, renderLogLine } from "../../../src/runtime/log/render-line.ts";

const HEAD = { time: "2026-11-22T03:57:05.219Z", level: "info" };
const render = (fields: object) => renderLogLine(JSON.stringify({ ...HEAD, ...fields }));

it("shows a change of state as an arrow", () => {
  const edge = { event: "service", service: "display", from: "starting", to: "ready", attempt: 1, pid: 20 };
  expect(render(edge)).toBe("03:57:05.219 display: starting -> ready attempt=1 pid=20");
});

it("shows the output of a service after its name", () => {
  expect(render({ service: "desktop", stream: "stderr", line: "no theme" })).toBe(
    "03:57:05.219 desktop: no theme",
  );
});

it("puts a message before the other fields, and quoted lines below it", () => {
  const fault = {
    level: "error",
    event: "service.crash-loop",
    service: "a",
    deaths: 5,
    message: "given up",
    lines: ["one", "two"],
  };
  expect(render(fault)).toBe("03:57:05.219 error service.crash-loop a: given up deaths=5\n  one\n  two");
});

// The number was taken for a list of lines, and the record was shown as JSON.
it("shows how many lines were dropped", () => {
  const dropped = { level: "warn", event: "output.dropped", service: "a", lines: 12 };
  expect(render(dropped)).toBe("03:57:05.219 warn output.dropped a: lines=12");
});

it("leaves lines that are not JSON as they are", () => {
  expect(renderLogLine("plain text")).toBe("plain text");
});

it("escapes control characters, so that no service can control the reader's terminal", () => {
  const line = { service: "a", stream: "stdout", line: "\u001b]0;title\u0007 \u009b2J" };
  expect(render(line)).toBe("03:57:05.219 a: \\x1b]0;title\\x07 \\x9b2J");
});

// Whoever looked for the seed's "WARNING" in the file found none.
it("gives lines of a file their date, and a level that grep finds", () => {
  const file = (level: string) =>
    renderFileLine(JSON.stringify({ ...HEAD, level, service: "display", from: "ready", to: "backoff" }));
  expect(["info", "warn", "error"].map(file)).toEqual(
    ["INFO", "WARNING", "ERROR"].map((level) => `${HEAD.time} ${level} display: ready -> backoff`),
  );
});
