import { expect, test } from "vitest";
import { refuseStaleLocks, TOOL_PACKAGES } from "../../src/debian/packages.ts";
import { corePackages } from "../../src/model/core-packages.ts";
import { defineWorkspace } from "../../src/model/define.ts";
import { sampleLock } from "./fixtures.ts";

const workspace = defineWorkspace({
  name: "desktop",
  title: "Desktop",
  description: "A workspace of a test.",
  base: { distribution: "debian" },
  packages: ["mc", "jq"],
});

const locks = {
  tools: { ...sampleLock(), requested: TOOL_PACKAGES },
  core: { ...sampleLock(), requested: corePackages() },
  own: { ...sampleLock(), requested: ["jq", "mc"] },
};

test("locks for other packages than those that are named now are refused with every difference", () => {
  expect(() => refuseStaleLocks(workspace, locks)).not.toThrow();
  const stale = {
    tools: locks.tools,
    core: { ...locks.core, requested: corePackages().slice(1) },
    own: { ...locks.own, requested: ["jq", "nano"] },
  };
  expect(() => refuseStaleLocks(workspace, stale)).toThrow(
    expect.objectContaining({
      code: "E_MODEL",
      faults: [
        { path: "nix/locks/core.json", message: `it lacks ${corePackages()[0]}` },
        { path: "nix/locks/desktop.json", message: "it lacks mc; it still has nano" },
      ],
    }),
  );
});

test("locks for arm64 are named by their own paths and command", () => {
  const core = { ...locks.core, architecture: "arm64", requested: corePackages("arm64") } as const;
  const stale = { ...locks, core, own: { ...locks.own, requested: ["jq"] } };
  expect(() => refuseStaleLocks(workspace, stale)).toThrow(
    expect.objectContaining({
      faults: [{ path: "nix/locks/arm64/desktop.json", message: "it lacks mc" }],
      fix: "Resolve the packages again: ./kasmix lock desktop --architecture arm64",
    }),
  );
});
