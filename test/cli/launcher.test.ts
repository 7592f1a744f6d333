import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { kasmix, LAUNCHER } from "./kasmix.ts";

let root: string;

/** A checkout whose command line prints its arguments, with stand-ins for node and npm that leave marks. */
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), "kasmix-launcher-"));
  await copyFile(LAUNCHER, path.join(root, "kasmix"));
  await writeFile(path.join(root, "package-lock.json"), "{}");
  await mkdir(path.join(root, "bin"));
  await tool(
    "node",
    `if [ "$1" = --version ]; then echo "\${FAKE_NODE:-v20.19.0}"; else shift; echo "ran $*"; fi`,
  );
  await tool(
    "npm",
    `echo "$*" >> npm-runs; [ -z "\${FAKE_NPM_FAILS:-}" ] || exit 1
    mkdir -p node_modules; case $* in *--include=dev*) mkdir -p node_modules/vitest;; esac; echo '{}' > node_modules/.package-lock.json`,
  );
});

afterEach(() => rm(root, { recursive: true }));

async function tool(name: string, script: string): Promise<void> {
  const file = path.join(root, "bin", name);
  await writeFile(file, `#!/bin/sh\n${script}\n`);
  await chmod(file, 0o755);
}

function launch(env: Readonly<Record<string, string>> = {}, args = ["list", "a b"]) {
  const PATH = `${path.join(root, "bin")}:/usr/bin:/bin`;
  return kasmix(args, {
    file: path.join(root, "kasmix"),
    env: { PATH, ...env },
    extendEnv: false,
  });
}

async function npmRuns(): Promise<number> {
  const text = await readFile(path.join(root, "npm-runs"), "utf8").catch(() => "");
  return text.split("\n").length - 1;
}

it("installs the packages once, and says so on stderr only", async () => {
  const first = await launch();
  expect(first).toMatchObject({ exitCode: 0, stdout: "ran list a b" });
  expect(first.stderr).toContain("installing the project's packages");
  expect(await launch()).toEqual({ exitCode: 0, stdout: "ran list a b", stderr: "" });
  expect(await npmRuns()).toBe(1);
});

it("installs what only tests need when they are run", async () => {
  await launch();
  expect((await launch({}, ["test", "unit"])).stdout).toBe("ran test unit");
  await launch({}, ["bench"]);
  const later = new Date(Date.now() + 5000);
  await utimes(path.join(root, "package-lock.json"), later, later);
  await launch();
  const runs = await readFile(path.join(root, "npm-runs"), "utf8");
  expect(runs.match(/--(omit|include)=dev/g)).toEqual(["--omit=dev", "--include=dev", "--include=dev"]);
});

it("installs again when package-lock.json has become newer", async () => {
  await launch();
  const later = new Date(Date.now() + 5000);
  await utimes(path.join(root, "package-lock.json"), later, later);
  await launch();
  expect(await npmRuns()).toBe(2);
});

it("repairs an installation that was interrupted: npm writes its own lock last", async () => {
  await mkdir(path.join(root, "node_modules"));
  expect((await launch()).exitCode).toBe(0);
  expect(await npmRuns()).toBe(1);
});

it("installs once when two are started at the same time", async () => {
  const runs = await Promise.all([launch(), launch(), launch()]);
  expect(runs.map((run) => run.exitCode)).toEqual([0, 0, 0]);
  expect(await npmRuns()).toBe(1);
});

it("stops with exit code 8 when npm fails, and tries again next time", async () => {
  expect(await launch({ FAKE_NPM_FAILS: "1" })).toMatchObject({ exitCode: 8, stdout: "" });
  expect((await launch()).exitCode).toBe(0);
});

it.each(["v20.18.9", "v18.19.0", "v6.0.0"])(
  "refuses Node %s and names the version that it needs",
  async (version) => {
    const run = await launch({ FAKE_NODE: version });
    expect(run).toMatchObject({ exitCode: 8, stdout: "" });
    expect(run.stderr).toContain("20.19 or newer");
    expect(run.stderr).toContain(version);
  },
);

it.each(["v20.19.0", "v21.0.0", "v22.4.1", "v100.0.0"])("accepts Node %s", async (version) => {
  expect((await launch({ FAKE_NODE: version })).exitCode).toBe(0);
});
