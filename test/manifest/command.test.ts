import { existsSync, readFileSync, statSync } from "node:fs";
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
  expect(existsSync(join(folder, "chart/templates/_statefulset.tpl"))).toBe(true);
});

const PEOPLE = "host: desk.example\nsessions: [{ name: alice }, { name: bob, path: /bob/ }]\n";

it("writes a desktop for each person, with passwords that only this user reads and that stay", async () => {
  const folder = makeProject({ "users.yaml": PEOPLE });
  const words = ["manifest", "desktop", "--compose", "--sessions", join(folder, "users.yaml")];
  const out = join(folder, "desktops");
  const first = await callKasmix([...words, "--out", out, "--json"]);
  expect(first.exitCode, first.stderr).toBe(0);
  const secrets = ["kasmix-desktop-alice.env", "kasmix-desktop-bob.env"];
  expect(JSON.parse(first.stdout).files).toEqual(["compose.yaml", "caddy/Caddyfile", ...secrets]);
  const passwords = () => secrets.map((name) => readFileSync(join(out, name), "utf8"));
  const made = passwords();
  for (const line of made) expect(line).toMatch(/^VNC_PW=[A-Za-z0-9]{24}\n$/);
  expect(new Set(made).size).toBe(2);
  for (const name of secrets) expect(statSync(join(out, name)).mode & 0o777).toBe(0o600);
  const yaml = readFileSync(join(out, "compose.yaml"), "utf8");
  for (const line of made) expect(yaml).not.toContain(line.slice("VNC_PW=".length).trim());
  const again = await callKasmix([...words, "--out", out, "--json"]);
  expect(JSON.parse(again.stdout).files).toEqual(["compose.yaml", "caddy/Caddyfile"]);
  expect(passwords()).toEqual(made);
});

it("takes people for a cluster and compose alone, and names the file and line of each fault", async () => {
  const folder = makeProject({ "users.yaml": PEOPLE, "wrong.yaml": "sessions:\n  - nam: alice\n" });
  const file = join(folder, "users.yaml");
  expect(await refused("--compose", "--sessions", file)).toEqual([
    2,
    expect.stringContaining("--out FOLDER"),
  ]);
  for (const kind of ["--helm", "--docker-run"])
    expect(await refused(kind, "--out", folder, "--sessions", file)).toEqual([
      2,
      expect.stringContaining(`${kind} does not read --sessions`),
    ]);
  expect(await refused("--kubernetes", "--sessions", file)).toEqual([
    3,
    expect.stringContaining(`${file}:1: host needs a Gateway`),
  ]);
  const [code, text] = await refused("--compose", "--out", folder, "--sessions", join(folder, "wrong.yaml"));
  expect(code).toBe(3);
  for (const fault of ["wrong.yaml:2: sessions[0].nam is", "wrong.yaml:2: sessions[0].name is missing"])
    expect(text).toContain(fault);
});
