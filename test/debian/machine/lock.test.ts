import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { coreHash, renderLock } from "../../../src/debian/format.ts";
import { lockWorkspaces, relockMissing } from "../../../src/debian/lock.ts";
import { lockPath, readLocks } from "../../../src/debian/read.ts";
import { workspaceWith } from "../fixtures.ts";

const ROOT = join(import.meta.dirname, "../../..");

/** With this machine's real apt and its mirrors. */

test("workspaces are locked on top of the core, unchanged when nothing changed, and locked again when versions vanished", {
  timeout: 600_000,
}, async () => {
  const root = await mkdtemp(join(tmpdir(), "kasmix-lock-"));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const small = workspaceWith(["jq", "xclip"]);
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

// It resolved amd64's packages, and wrote them over the locks of amd64.
test("locks of arm64 are renewed as such, and in their place", { timeout: 600_000 }, async () => {
  const root = await mkdtemp(join(tmpdir(), "kasmix-lock-"));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const workspace = workspaceWith([]);
  const { core, tools } = await readLocks(ROOT, "desktop", "arm64");
  const [gone = fail(), ...rest] = core.packages.filter(({ name }) => name === "xclip");
  expect(rest).toEqual([]);
  const locks = { tools, core, own: { ...core, requested: [], packages: [], steps: [] } };
  const outdated = { ...gone, version: "0.1-1" };
  const packages = core.packages.map((pkg) => (pkg === gone ? outdated : pkg));
  const renewed = await relockMissing(root, workspace, { ...locks, core: { ...core, packages } }, [outdated]);
  expect(renewed.locks.core.packages.find(({ name }) => name === "xclip")).toMatchObject({
    architecture: "arm64",
    path: expect.stringMatching(/_arm64\.deb$/),
  });
  expect(await readdir(join(root, "nix/locks"))).toEqual(["arm64"]);
});

function fail(): never {
  throw new Error("xclip is not in the core");
}
