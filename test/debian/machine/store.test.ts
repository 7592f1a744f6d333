import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Lock, LockedPackage } from "../../../src/debian/format.ts";
import { type Progress, prefetch, storePathOf } from "../../../src/debian/prefetch.ts";
import { fixedStorePath } from "../../../src/debian/store-path.ts";
import { deadAddress, sampleLock, serve, sha256 } from "../fixtures.ts";

/** With the real Nix store: a test's files are unique to it and removed after it. */

test("store paths are those of nix-store for names and hashes of all kinds", () => {
  for (const name of ["a", "libc6_2.41-12+deb13u4_amd64.deb", "x=1?y_z.-", "n".repeat(150)]) {
    const hash = randomBytes(32).toString("hex");
    const printed = execFileSync("nix-store", ["--print-fixed-path", "sha256", hash, name], {
      encoding: "utf8",
    });
    expect(fixedStorePath(hash, name)).toBe(printed.trim());
  }
});

test("locked files are downloaded into the Nix store, leave the cache, and are not downloaded again", async () => {
  const { lock, files, mirror, cache } = await setUp(12);
  const progress: Progress[] = [];
  const options = { ...mirror, cache, onProgress: (each: Progress) => progress.push(each) };
  expect(await prefetch([lock], options)).toEqual({ fetched: 12, present: 0, vanished: [] });
  for (const pkg of lock.packages) expect(await readFile(storePathOf(pkg))).toEqual(files.get(pkg.path));
  expect(await readdir(cache)).toEqual([]);
  const bytes = lock.packages.reduce((sum, pkg) => sum + pkg.size, 0);
  expect(progress.at(-1)).toEqual({ done: 12, total: 12, bytesDone: bytes, bytesTotal: bytes });
  const unreachable = { debian: [await deadAddress()], "debian-security": [] };
  expect(await prefetch([lock], { cache, mirrors: unreachable })).toEqual({
    fetched: 0,
    present: 12,
    vanished: [],
  });
});

test("a version that left the mirror comes from the snapshot of the lock's moment", async () => {
  const { lock, files, mirror, cache } = await setUp(2);
  const asked: (string | undefined)[] = [];
  const [first] = lock.packages;
  const content = files.get(first?.path ?? "");
  files.delete(first?.path ?? "");
  const snapshots = await serve((request, response) => {
    asked.push(request.url);
    response.end(content);
  });
  expect(await prefetch([lock], { ...mirror, cache, snapshots })).toMatchObject({ fetched: 2, vanished: [] });
  expect(asked).toEqual([`/debian/${lock.archives.debian}/${first?.path}`]);
});

test("versions that no server has are reported, and the others are downloaded", async () => {
  const { lock, files, mirror, cache } = await setUp(3);
  const [first] = lock.packages;
  files.delete(first?.path ?? "");
  expect(await prefetch([lock], { ...mirror, cache })).toEqual({ fetched: 2, present: 0, vanished: [first] });
});

test("without a network the error names the hosts and nothing changes", async () => {
  const { lock, cache } = await setUp(3);
  const mirror = await deadAddress();
  const failure = prefetch([lock], {
    cache,
    mirrors: { debian: [mirror], "debian-security": [] },
    snapshots: await deadAddress(),
  });
  await expect(failure).rejects.toMatchObject({
    code: "E_FETCH",
    message: expect.stringContaining(`${new URL(mirror).host}: it refuses connections`),
  });
  expect(await readdir(cache)).toEqual([]);
});

test("a wrong file stops everything with its name, and is deleted", async () => {
  const { lock, files, mirror, cache } = await setUp(3);
  const path = lock.packages[1]?.path ?? "";
  files.set(path, Buffer.from("something else"));
  await expect(prefetch([lock], { ...mirror, cache })).rejects.toMatchObject({
    code: "E_FETCH",
    message: expect.stringContaining(`${lock.packages[1]?.name} 1.0 from 127.0.0.1`),
  });
  expect(await keptFiles(cache)).not.toContain(path.slice(path.lastIndexOf("/") + 1));
});

test("an interrupted run leaves no partial file, and the next one continues", async () => {
  const { lock, mirror, cache } = await setUp(20);
  const stop = new AbortController();
  const onProgress = ({ done }: Progress) => {
    if (done === 5) stop.abort();
  };
  const interrupted = prefetch([lock], { ...mirror, cache, onProgress, signal: stop.signal });
  await expect(interrupted).rejects.toMatchObject({ code: "E_INTERRUPTED" });
  const kept = await keptFiles(cache);
  expect(kept.length).toBeGreaterThanOrEqual(5);
  expect(kept.filter((name) => name.endsWith(".part"))).toEqual([]);
  expect(await prefetch([lock], { ...mirror, cache })).toEqual({ fetched: 20, present: 0, vanished: [] });
});

/** A lock of random files, a mirror that has them, an empty snapshot archive and an empty cache. */
async function setUp(count: number) {
  const files = new Map<string, Buffer>();
  const packages = Array.from({ length: count }, (_, index): LockedPackage => {
    const content = randomBytes(1000 + index);
    const name = `kasmix-test-${index}`;
    const path = `pool/main/k/kasmix/${name}_1.0~rc1_all.deb`;
    files.set(path, content);
    const common = { name, version: "1.0", architecture: "all", archive: "debian" } as const;
    return { ...common, path, size: content.length, sha256: sha256(content) };
  });
  const host = await serve((request, response) => {
    const content = files.get(decodeURIComponent(request.url ?? "").slice(1));
    if (content) response.end(content);
    else response.writeHead(404).end();
  });
  const snapshots = await serve((_, response) => response.writeHead(404).end());
  const cache = await mkdtemp(join(tmpdir(), "kasmix-cache-"));
  const lock: Lock = { ...sampleLock(), requested: [], steps: [], packages };
  onTestFinished(async () => {
    await rm(cache, { recursive: true, force: true });
    execFileSync("nix-store", ["--delete", "--ignore-liveness", ...packages.map(storePathOf)], {
      stdio: "ignore",
    });
  });
  const mirror = { mirrors: { debian: [host], "debian-security": [] }, snapshots };
  return { lock, files, mirror, cache };
}

async function keptFiles(cache: string): Promise<string[]> {
  const entries = await readdir(cache, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
}
