import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ARCHITECTURES } from "../../src/debian/format.ts";
import { lockPath, parseLock } from "../../src/debian/read.ts";
import { corePackages } from "../../src/model/core-packages.ts";
import { listWorkspaces } from "../../src/model/load.ts";

const ROOT = join(import.meta.dirname, "../..");

test("every lock is there for every architecture, of the same packages and for those machines alone", async () => {
  for (const name of ["tools", "core", ...(await listWorkspaces(ROOT))]) {
    const [first, ...others] = await Promise.all(
      ARCHITECTURES.map(async (architecture) => {
        const path = lockPath(name, architecture);
        const lock = parseLock(await readFile(join(ROOT, path), "utf8"), path);
        expect(lock.architecture, path).toBe(architecture);
        const machines = new Set(lock.packages.map((each) => each.architecture));
        expect(
          [...machines].filter((machine) => machine !== "all" && machine !== architecture),
          path,
        ).toEqual([]);
        // The core has packages that exist for some machines only.
        if (name === "core") expect(lock.requested, path).toEqual([...corePackages(architecture)].sort());
        return name === "core" ? [] : lock.requested;
      }),
    );
    for (const other of others) expect(other).toEqual(first);
  }
});

test("the locks of amd64 are beside each other, those of others in a folder of theirs", () => {
  expect(lockPath("desktop")).toBe("nix/locks/desktop.json");
  expect(lockPath("desktop", "arm64")).toBe("nix/locks/arm64/desktop.json");
});
