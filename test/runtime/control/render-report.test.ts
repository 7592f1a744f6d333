import { expect, it } from "vitest";
import { renderDuration, renderReport } from "../../../src/runtime/control/render-report.ts";
import type { Report } from "../../../src/runtime/supervisor/report.ts";
import { createStyle } from "../../../src/terminal/style.ts";

const NOW = Date.parse("2026-11-22T12:00:00Z");

const REPORT: Report = {
  phase: "running",
  ready: false,
  uptime: 7_000,
  services: {
    display: {
      status: "ready",
      pid: 31,
      starts: 2,
      since: "2026-11-22T11:00:00Z",
      critical: true,
      lastExit: { code: null, signal: "SIGKILL", at: "2026-11-22T11:59:58Z" },
      memory: 90_000_000,
    },
    sound: {
      status: "waiting",
      starts: 0,
      since: "2026-11-22T11:59:57Z",
      critical: false,
      waitsFor: ["desktop (ready)"],
    },
  },
};

it("aligns the columns and adds notes", () => {
  expect(`\n${renderReport(REPORT, createStyle(false), NOW)}\n`).toMatchInlineSnapshot(`
    "
    Services: not ready yet, up for 1 h 56 min

    SERVICE  STATE    FOR        PID  RESTARTS  MEMORY
    display  ready    1 h 0 min  31   1         86 MiB  critical; it was killed by SIGKILL 2 s ago
    sound    waiting  3 s             0                 waits for desktop (ready)
    "
  `);
});

// A desktop whose home could not be written to ran in /tmp, and nobody was told.
it("puts warnings above the table", () => {
  const text = renderReport({ ...REPORT, warnings: ["nothing will be kept."] }, createStyle(false), NOW);
  expect(text).toMatch(/^Services: .*\n\nWarning: nothing will be kept\.\n\nSERVICE/);
});

it("colours states on a terminal, with the columns still aligned", () => {
  const painted = renderReport(REPORT, createStyle(true), NOW);
  expect(painted).toContain("\u001b[32mready  \u001b[39m");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the test looks for them
  expect(painted.replace(/\u001b\[\d+m/g, "")).toBe(renderReport(REPORT, createStyle(false), NOW));
});

it.each([
  [-5, "0 s"],
  [59_999, "59 s"],
  [60_000, "1 min 0 s"],
  [3_599_000, "59 min 59 s"],
  [3_600_000, "1 h 0 min"],
  [90_000_000, "1 d 1 h"],
])("%d ms are %s", (milliseconds, text) => {
  expect(renderDuration(milliseconds)).toBe(text);
});
