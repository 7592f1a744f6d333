import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { callKasmix, kasmix } from "../cli/kasmix.ts";
import { makeProject } from "../helpers/project.ts";
import { documents } from "./fixture.ts";

const refused = async (...words: string[]) => {
  const { exitCode, stderr } = await callKasmix(["manifest", "desktop", ...words]);
  return [exitCode, stderr];
};

it("requires one kind, a folder for a chart and valid flags, and reports all faults at once", async () => {
  expect(await refused()).toEqual([
    2,
    expect.stringContaining("--kubernetes, --helm, --compose, --docker-run"),
  ]);
  expect(await refused("--helm", "--compose")).toEqual([2, expect.stringContaining("--helm and --compose")]);
  expect(await refused("--helm")).toEqual([2, expect.stringContaining("--out FOLDER")]);
  expect(await refused("--compose", "--image", "a b")).toEqual([2, expect.stringContaining('"a b" is not')]);
  const [code, text] = await refused(
    "--kubernetes",
    "--storage",
    "10GB",
    "--launcher-from",
    "A",
    "--gpu",
    "nvidia",
  );
  expect(code).toBe(2);
  for (const fault of [
    '"10GB" is not a size',
    '"A" is not a valid namespace',
    "has no URL launcher",
    "device plugin",
  ]) {
    expect(text).toContain(fault);
  }
  expect(await refused("--compose", "--gpu", "nvidia.com/gpu")).toEqual([
    2,
    expect.stringContaining("--gpu=nvidia, or"),
  ]);
  const [, lost] = await refused("--compose", "--vpn", "--launcher-from", "a");
  for (const flag of ["--vpn", "--launcher-from"]) expect(lost).toContain(`${flag}: is only for`);
});

it("prints a manifest, or writes it to --out", async () => {
  const folder = makeProject({});
  const printed = await callKasmix(["manifest", "void", "--kubernetes"]);
  const out = join(folder, "new", "void.yaml");
  const written = await callKasmix(["manifest", "void", "--kubernetes", "--out", out, "--json"]);
  expect(JSON.parse(written.stdout)).toMatchObject({
    ...{ kind: "kubernetes", out, workspace: "void" },
    // It used to be "kubernetes.yaml", whatever the file's name.
    files: ["void.yaml"],
  });
  expect(readFileSync(out, "utf8").trimEnd()).toBe(printed.stdout);
  const kinds = documents(printed.stdout).map(({ kind }) => kind);
  expect(kinds).toEqual(["NetworkPolicy", "Service", "StatefulSet"]);
  expect(printed.stdout).toMatch(/image: registry\.example\/kasmix\/void:\d+\.\d+\.\d+\n/);
});

/** It used to be the manifest of `desktop`. */
it("accepts the name of a workspace's other image", async () => {
  const { stdout } = await callKasmix(["manifest", "desktop-kasmvnc", "--kubernetes"]);
  const { metadata, spec } = documents(stdout).find(({ kind }) => kind === "StatefulSet") ?? {};
  const [container] = spec.template.spec.containers;
  expect(metadata.name).toBe("kasmix-desktop-kasmvnc");
  expect(container.image).toMatch(/\/desktop-kasmvnc:/);
});

/** It used to be relative to the checkout. */
it("takes a path relative to the working directory", async () => {
  const folder = makeProject({});
  await kasmix(["manifest", "void", "--compose", "--out", "here.yaml"], { cwd: folder });
  expect(existsSync(join(folder, "here.yaml"))).toBe(true);
});

it("writes a chart's files and keeps others", async () => {
  const folder = makeProject({ "chart/README.md": "mine", "chart/values.yaml": "old" });
  const { exitCode, stderr } = await callKasmix([
    "manifest",
    "void",
    "--helm",
    "--out",
    join(folder, "chart"),
  ]);
  expect(exitCode, stderr).toBe(0);
  expect(readFileSync(join(folder, "chart/README.md"), "utf8")).toBe("mine");
  expect(readFileSync(join(folder, "chart/values.yaml"), "utf8")).toContain("existingSecret");
  expect(existsSync(join(folder, "chart/templates/statefulset.yaml"))).toBe(true);
});
