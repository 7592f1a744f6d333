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

it("wants one kind, a folder for a chart, and flags that make sense, and tells all at once", async () => {
  expect(await refused()).toEqual([
    2,
    expect.stringContaining("--kubernetes, --helm, --compose, --docker-run"),
  ]);
  expect(await refused("--helm", "--compose")).toEqual([2, expect.stringContaining("--helm and --compose")]);
  expect(await refused("--helm")).toEqual([2, expect.stringContaining("--out FOLDER")]);
  expect(await refused("--compose", "--image", "a b")).toEqual([2, expect.stringContaining('not "a b"')]);
  const [code, text] = await refused("--kubernetes", "--storage", "10GB", "--launcher-from", "A");
  expect(code).toBe(2);
  for (const fault of ['"10GB" is no size', '"A" is no namespace', "has no URL launcher"]) {
    expect(text).toContain(fault);
  }
  const [, lost] = await refused("--compose", "--vpn", "--launcher-from", "a");
  for (const flag of ["--vpn", "--launcher-from"]) expect(lost).toContain(`${flag}: is for`);
});

it("prints a manifest, or writes it where it is told", async () => {
  const folder = makeProject({});
  const printed = await callKasmix(["manifest", "void", "--kubernetes"]);
  const out = join(folder, "new", "void.yaml");
  const written = await callKasmix(["manifest", "void", "--kubernetes", "--out", out, "--json"]);
  expect(JSON.parse(written.stdout)).toMatchObject({
    ...{ kind: "kubernetes", out, workspace: "void" },
    // It was "kubernetes.yaml", whatever the file was called.
    files: ["void.yaml"],
  });
  expect(readFileSync(out, "utf8").trimEnd()).toBe(printed.stdout);
  const kinds = documents(printed.stdout).map(({ kind }) => kind);
  expect(kinds).toEqual(["NetworkPolicy", "Service", "StatefulSet"]);
  expect(printed.stdout).toMatch(/image: registry\.example\/kasmix\/void:\d+\.\d+\.\d+\n/);
});

/** It was the manifest of `desktop`, with probes that lock KasmVNC. */
it("knows the images of a workspace by their names", async () => {
  const { stdout } = await callKasmix(["manifest", "desktop-kasmvnc", "--kubernetes"]);
  const { metadata, spec } = documents(stdout).find(({ kind }) => kind === "StatefulSet") ?? {};
  const [container] = spec.template.spec.containers;
  expect(metadata.name).toBe("kasmix-desktop-kasmvnc");
  expect(container.image).toMatch(/\/desktop-kasmvnc:/);
  expect(container.livenessProbe).toHaveProperty("tcpSocket");
});

/** It was taken from the checkout's root, wherever one stood. */
it("takes a path from where one stands", async () => {
  const folder = makeProject({});
  await kasmix(["manifest", "void", "--compose", "--out", "here.yaml"], { cwd: folder });
  expect(existsSync(join(folder, "here.yaml"))).toBe(true);
});

it("writes a chart's files and leaves others alone", async () => {
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
