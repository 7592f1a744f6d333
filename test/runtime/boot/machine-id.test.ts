import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { expect, onTestFinished, test } from "vitest";
import { ensureMachineId } from "../../../src/runtime/boot/machine-id.ts";

test("a home keeps its machine id across containers; a damaged one is replaced", () => {
  const folder = mkdtempSync(`${tmpdir()}/kasmix-machine-id-`);
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const read = () => readFileSync(`${folder}/etc`, "utf8");
  ensureMachineId(`${folder}/home`, `${folder}/etc`);
  const first = read();
  expect(first).toMatch(/^[0-9a-f]{32}\n$/);
  ensureMachineId(`${folder}/home`, `${folder}/etc`);
  expect(read()).toBe(first);
  ensureMachineId(`${folder}/other`, `${folder}/etc`);
  expect(read()).not.toBe(first);
  writeFileSync(`${folder}/home/.config/kasmix/machine-id`, "half");
  ensureMachineId(`${folder}/home`, `${folder}/etc`);
  expect(read()).toMatch(/^[0-9a-f]{32}\n$/);
});
