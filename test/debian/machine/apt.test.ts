import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { type Apt, withApt } from "../../../src/debian/apt.ts";
import { coreHash, renderLock } from "../../../src/debian/format.ts";
import { lockWorkspaces, relockMissing } from "../../../src/debian/lock.ts";
import { findMirrors, preferredMirrors } from "../../../src/debian/mirrors.ts";
import { refuseUnknownPackages } from "../../../src/debian/packages.ts";
import { lockPath, readLocks } from "../../../src/debian/read.ts";
import { resolveOnto, resolveSystem } from "../../../src/debian/resolve.ts";
import { defineWorkspace } from "../../../src/model/define.ts";
import type { Workspace } from "../../../src/model/types.ts";
import { deadAddress, serve } from "../fixtures.ts";

/** With this machine's real apt and its mirrors. */

test("apt's order is kept, the essential set comes first, and every file is pinned", {
  timeout: 120_000,
}, async () => {
  const { packages, steps, archives } = await withTrixie((apt) =>
    resolveSystem(apt, ["jq", "busybox-static"]),
  );
  const names = packages.map(({ name }) => name);
  const essential = packages.filter((pkg) => pkg.essential).map(({ name }) => name);
  expect(names.slice(0, essential.length)).toEqual(essential);
  expect(essential).toEqual(expect.arrayContaining(["libc6", "bash", "dpkg", "apt", "coreutils"]));
  expect(names.slice(essential.length).toSorted()).toEqual(["busybox-static", "jq", "libjq1", "libonig5"]);
  expect(steps.flatMap((step) => ("unpack" in step ? step.unpack : []))).toEqual(
    names.slice(essential.length),
  );
  for (const pkg of packages) {
    expect(pkg.path).toMatch(/^pool\/(updates\/)?main\/.*\.deb$/);
    expect(pkg.path.startsWith("pool/updates/")).toBe(pkg.archive === "debian-security");
    expect(pkg.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(pkg.size).toBeGreaterThan(1000);
  }
  for (const time of Object.values(archives)) expect(time).toMatch(/^20\d{6}T\d{6}Z$/);
});

test("unknown packages are refused all at once, packages that exclude each other in apt's words", {
  timeout: 120_000,
}, async () => {
  const unknown = workspace([
    "jq",
    "firefox-ers",
    "mc",
    "x-terminal-emulator",
    "zzzzqqqqxxxx",
    "unrar",
    "wine32",
  ]);
  await withTrixie(async (apt) => {
    await expect(refuseUnknownPackages(apt, unknown, "workspaces/x/workspace.ts")).rejects.toMatchObject({
      code: "E_MODEL",
      message: "5 packages of workspaces/x/workspace.ts cannot be installed.",
      faults: [
        {
          path: "packages[1]",
          message: "Debian has no package firefox-ers",
          fix: "Did you mean firefox-esr?",
        },
        { path: "packages[3]", fix: expect.stringContaining("konsole") },
        { path: "packages[4]", message: "Debian has no package zzzzqqqqxxxx" },
        { path: "packages[5]", message: expect.stringMatching(/^unrar is in Debian's non-free,/) },
        { path: "packages[6]", message: expect.stringMatching(/^wine32 is only for i386,/) },
      ],
    });
    await expect(resolveOnto(apt, [], ["postfix", "exim4-daemon-light"])).rejects.toMatchObject({
      code: "E_MODEL",
      message: expect.stringMatching(/exim4.*Conflicts/s),
    });
  });
});

test("a machine without the suite's keys: the error names the package that has them", {
  timeout: 120_000,
}, async () => {
  const sources = preferredMirrors(await findMirrors());
  const keyring = "/usr/share/keyrings/debian-archive-bullseye-stable.gpg";
  await expect(withApt({ suite: "trixie", sources, keyring }, async () => {})).rejects.toMatchObject({
    code: "E_MACHINE",
    fix: expect.stringContaining("apt-get install debian-archive-keyring"),
  });
});

test("a mirror that does not answer is named", { timeout: 120_000 }, async () => {
  const mirror = await deadAddress();
  const failure = withApt(
    { suite: "trixie", sources: { debian: mirror, "debian-security": mirror } },
    async () => {},
  );
  await expect(failure).rejects.toMatchObject({
    code: "E_FETCH",
    message: expect.stringContaining(new URL(mirror).host),
  });
});

test("a mirror without the suite's files is refused", { timeout: 120_000 }, async () => {
  const mirror = await serve((_, response) => response.writeHead(404).end());
  const failure = withApt(
    { suite: "trixie", sources: { debian: mirror, "debian-security": mirror } },
    async () => {},
  );
  await expect(failure).rejects.toMatchObject({
    code: "E_FETCH",
    message: expect.stringContaining("does not have a Release file"),
  });
});

test("workspaces are locked on top of the core, unchanged when nothing changed, and locked again when versions vanished", {
  timeout: 300_000,
}, async () => {
  const root = await mkdtemp(join(tmpdir(), "kasmix-lock-"));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const small = workspace(["jq", "xclip"]);
  const first = await lockWorkspaces(root, [small]);
  expect(first.map(({ path, state }) => `${path} ${state}`)).toEqual(
    ["tools", "core", small.name].map((name) => `${lockPath(name)} written`),
  );
  const locks = await readLocks(root, small.name);
  // xclip is in the core: the workspace adds only what the core lacks.
  expect(locks.own.packages.map(({ name }) => name).toSorted()).toEqual(["jq", "libjq1", "libonig5"]);
  expect(locks.own.requested).toEqual(["jq", "xclip"]);
  expect(locks.own.core).toBe(coreHash(locks.core));
  expect(locks.core.packages.some((pkg) => pkg.essential)).toBe(true);

  // A newer archive with the same packages does not change the file.
  const old = "20260101T000000Z";
  const older = { ...locks.own, archives: { debian: old, "debian-security": old } };
  const file = join(root, lockPath(small.name));
  await writeFile(file, renderLock(older));
  const before = await stat(file);
  const checked = await lockWorkspaces(root, [small], { check: true });
  expect(checked.map(({ state, changes }) => [state, changes.length])).toEqual(
    Array(3).fill(["unchanged", 0]),
  );
  expect((await stat(file)).mtimeMs).toBe(before.mtimeMs);

  const outdated = {
    ...locks,
    core: {
      ...locks.core,
      packages: locks.core.packages.map((pkg) =>
        pkg.name === "xclip"
          ? { ...pkg, version: "0.1-1", path: "pool/main/x/xclip/xclip_0.1-1_amd64.deb" }
          : pkg,
      ),
    },
  };
  // With an outdated core that is kept, only the workspace is locked again, without what the core has.
  const core = renderLock(outdated.core);
  await writeFile(join(root, lockPath("core")), core);
  const alone = await lockWorkspaces(root, [small], { keepCore: true });
  expect(alone.map(({ path, state }) => `${path} ${state}`)).toEqual([`${lockPath(small.name)} written`]);
  expect(await readFile(join(root, lockPath("core")), "utf8")).toBe(core);
  const { own } = await readLocks(root, small.name);
  expect(own.packages).toEqual(locks.own.packages);
  expect(own.core).toBe(coreHash(outdated.core));

  const missing = outdated.core.packages.filter(({ name }) => name === "xclip");
  const newest = locks.core.packages.find(({ name }) => name === "xclip")?.version;
  await expect(relockMissing(root, small, outdated, missing, { frozen: true })).rejects.toMatchObject({
    code: "E_FETCH",
    message: expect.stringContaining("xclip 0.1-1"),
  });
  const { warnings } = await relockMissing(root, small, outdated, missing);
  expect(warnings).toEqual([
    `xclip 0.1-1 has left the mirrors: ${newest} takes its place (nix/locks/core.json).`,
    expect.stringMatching(/do not fit the new core.*\.\/kasmix lock$/),
  ]);
  expect(await readFile(join(root, lockPath("core")), "utf8")).toBe(renderLock(locks.core));
});

function workspace(packages: string[]): Workspace {
  return defineWorkspace({
    name: "x",
    title: "X",
    description: "A workspace of a test.",
    base: { distribution: "debian" },
    packages,
  });
}

async function withTrixie<T>(use: (apt: Apt) => Promise<T>): Promise<T> {
  return withApt({ suite: "trixie", sources: preferredMirrors(await findMirrors()) }, use);
}
