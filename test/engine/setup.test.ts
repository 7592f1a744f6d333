import { expect, it } from "vitest";
import { type Check, diagnose } from "../../src/engine/doctor.ts";
import { makePlan, setUp } from "../../src/engine/setup.ts";

function checks(states: Partial<Record<Check["name"], Check["state"]>>): Check[] {
  const names: Check["name"][] = ["system", "node", "nix", "build-users", "engine", "disk", "port"];
  return names.map((name) => ({ name, state: states[name] ?? "ok", detail: "" }));
}

it("does nothing on a machine that has everything", async () => {
  const steps: string[] = [];
  await setUp(checks({}), { onStep: (text) => steps.push(text) });
  expect(steps).toEqual([]);
  expect(makePlan(checks({}))).toEqual({
    packages: [],
    buildUsers: false,
    startEngine: false,
    builder: false,
  });
});

it("installs only what is missing", () => {
  const everything = makePlan(checks({ nix: "missing", "build-users": "missing", engine: "missing" }));
  expect(everything).toEqual({
    packages: ["nix-bin", "docker.io", "iptables", "ca-certificates"],
    buildUsers: true,
    startEngine: true,
    builder: false,
  });
  expect(makePlan(checks({ nix: "missing" })).packages).toEqual(["nix-bin", "ca-certificates"]);
  expect(makePlan(checks({ engine: "missing" })).packages).not.toContain("nix-bin");
});

it("starts an engine that is installed but silent, without installing another", () => {
  expect(makePlan(checks({ engine: "broken" }))).toEqual({
    packages: [],
    buildUsers: false,
    startEngine: true,
    builder: false,
  });
});

it("says what to do by hand on a system that it cannot set up", async () => {
  const failed = checks({ system: "broken", nix: "missing" });
  await expect(setUp(failed)).rejects.toMatchObject({
    code: "E_MACHINE",
    fix: expect.stringContaining("nix-bin"),
  });
});

it("gives every check a state, and a fix to those that are not ok", async () => {
  for (const check of await diagnose()) {
    expect(["ok", "missing", "broken"]).toContain(check.state);
    if (check.state !== "ok") expect(check.fix).toMatch(/./);
  }
});
