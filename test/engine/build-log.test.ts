import { expect, it } from "vitest";
import { createBuildLog, derivationName, explainFailure, readEvent } from "../../src/engine/build-log.ts";

const DRV = "/nix/store/6n9j9flpr3l3rxzdgyzvxbdzfblaarqg-desktop-layer.drv";

/** A log line as Nix writes it. */
function nix(message: Readonly<Record<string, unknown>>): string {
  return `@nix ${JSON.stringify(message)}`;
}

function logOf(...lines: readonly string[]) {
  const log = createBuildLog();
  const events = lines.map((line) => readEvent(log, line));
  return { log, events };
}

const STARTED = [
  nix({ action: "start", id: 1, level: 0, type: 104, text: "" }),
  nix({ action: "start", id: 2, level: 3, type: 105, fields: [DRV, "", 1, 1], text: `building '${DRV}'` }),
];

it("counts builds, and names the one that began last", () => {
  const { log } = logOf(...STARTED, nix({ action: "result", id: 1, type: 105, fields: [3, 8, 1, 0] }));
  expect(log).toMatchObject({ done: 3, total: 8, current: "desktop-layer" });
});

/** Nix was killed in the middle of a line: a SyntaxError hid the failure. */
it("takes half a message for a line like any other", () => {
  const { log, events } = logOf('@nix {"action":"msg","level":0,"msg":"error: build', "@nix null");
  expect(events[0]).toEqual({ line: '@nix {"action":"msg","level":0,"msg":"error: build', progress: false });
  expect(explainFailure(log)).toMatchObject({ code: "E_BUILD" });
});

it("passes on a builder's lines with its name, free of colour", () => {
  const { events } = logOf(
    ...STARTED,
    nix({ action: "result", id: 2, type: 101, fields: ["\u001b[31mhello\u001b[0m"] }),
  );
  expect(events.at(-1)).toEqual({ line: "desktop-layer> hello", progress: false });
});

it("shows the end of the log of the build that failed, and how to read all of it", () => {
  const output = Array.from({ length: 50 }, (_, i) =>
    nix({ action: "result", id: 2, type: 101, fields: [`line ${i}`] }),
  );
  const error = `error: builder for '${DRV}' failed with exit code 1;\n       last 1 log lines:\n       > line 49`;
  const failure = explainFailure(
    logOf(...STARTED, ...output, nix({ action: "msg", level: 0, msg: error })).log,
  );
  expect(failure).toMatchObject({
    code: "E_BUILD",
    message: "The build of desktop-layer failed.",
    fix: `The whole log: nix-store --read-log ${DRV}`,
  });
  expect(failure.faults[0]?.message.split("\n")).toHaveLength(20);
  expect(failure.faults[0]?.message).toMatch(/^line 30\n[\s\S]*line 49$/);
});

it.each([
  { says: "error: writing to file: No space left on device", code: "E_BUILD", message: "The disk is full" },
  {
    says: `error: hash mismatch in fixed-output derivation '${DRV}'`,
    code: "E_FETCH",
    message: "does not have the pinned hash",
  },
  {
    says: "error: unable to download 'https://example.org/a.deb': Couldn't resolve host",
    code: "E_FETCH",
    message: "could not be downloaded",
  },
  {
    says: "error: the group 'nixbld' specified in 'build-users-group' does not exist",
    code: "E_MACHINE",
    message: "sandbox",
  },
  {
    says: "error: undefined variable 'foo'\n\n at nix/default.nix:3:1",
    code: "E_BUILD",
    message: "Nix refused",
  },
])("distinguishes: $says", ({ says, code, message }) => {
  const failure = explainFailure(logOf(nix({ action: "msg", level: 0, msg: says })).log);
  expect(failure.code).toBe(code);
  expect(failure.message).toContain(message);
});

it("sees a full disk also when only the builder says so", () => {
  const line = nix({
    action: "result",
    id: 2,
    type: 101,
    fields: ["tar: write error: No space left on device"],
  });
  const error = nix({ action: "msg", level: 0, msg: `error: builder for '${DRV}' failed with exit code 2` });
  expect(explainFailure(logOf(...STARTED, line, error).log).message).toContain("disk is full");
});

it("keeps lines that are not Nix's protocol: a crash must not vanish", () => {
  const { log, events } = logOf("terminate called after throwing");
  expect(events[0]?.line).toBe("terminate called after throwing");
  expect(explainFailure(log).faults[0]?.message).toContain("terminate called");
});

it("takes hash and ending off a derivation's name", () => {
  expect(derivationName(DRV)).toBe("desktop-layer");
});
