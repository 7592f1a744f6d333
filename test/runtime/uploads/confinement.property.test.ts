import { lstatSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask, form, openWorld, savedAs, treeOf, upload, type World } from "./harness.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
  writeFileSync(join(world.outside, "victim"), "untouched");
});
afterAll(() => world.close());

const RUNS = { numRuns: 100 };

/** Names that people use, and names that attackers try. */
const name = fc.oneof(
  fc.constantFrom(
    "a",
    "b",
    "c.txt",
    "..",
    ".",
    "",
    " ",
    "~",
    "...",
    "a\0b",
    "a\\b",
    "..\\x",
    "%2e%2e",
    "-rf",
    "con",
    "a\nb",
    "\u202egpj.exe",
  ),
  fc.constantFrom(
    ".kasmix-uploads",
    ".ssh",
    ".a.uploading",
    "x".repeat(255),
    "x".repeat(256),
    "ü".repeat(200),
    "👩‍👩‍👧".repeat(40),
  ),
  fc.string({ unit: "binary", maxLength: 12 }),
  fc.string({ unit: "grapheme", maxLength: 300 }),
);
const path = fc.oneof(
  fc.array(name, { minLength: 1, maxLength: 5 }).map((names) => names.join("/")),
  fc.constantFrom(
    "/etc/kasmix-test",
    "../../outside/x",
    "a/../../x",
    "/",
    "a//b",
    `${"d/".repeat(100)}f`,
    `${"x".repeat(5000)}/y`,
  ),
);

/** Existing entries of ~/Uploads: files, folders, and links that lead out, in, to themselves and nowhere. */
const tree = fc.array(
  fc.record({
    at: fc.array(fc.constantFrom("a", "b", "c.txt", "x".repeat(255)), { minLength: 1, maxLength: 3 }),
    kind: fc.constantFrom("file", "folder", "out", "up", "self", "loop", "dangling", "victim"),
  }),
  { maxLength: 6 },
);

type Tree = typeof tree extends fc.Arbitrary<infer T> ? T : never;

/** Creates the tree. Links lead only to folders of this test, and nothing is created through a link. */
function plant(entries: Tree): void {
  for (const entry of readTop()) rmSync(join(world.uploads, entry), { recursive: true, force: true });
  for (const { at, kind } of entries) {
    const folder = makeFolders(at.slice(0, -1));
    const where = join(folder ?? "", at.at(-1) ?? "");
    if (!folder || lstatSync(where, { throwIfNoEntry: false })) continue;
    if (kind === "file") writeFileSync(where, "mine", { flag: "wx" });
    else if (kind === "folder") mkdirSync(where);
    else symlinkSync({ ...LINKS, out: world.outside, victim: join(world.outside, "victim") }[kind], where);
  }
}

/** The path of the folder, or undefined where something else is in the way. */
function makeFolders(names: readonly string[]): string | undefined {
  let path = world.uploads;
  for (const name of names) {
    path = join(path, name);
    const entry = lstatSync(path, { throwIfNoEntry: false });
    if (!entry) mkdirSync(path);
    else if (!entry.isDirectory()) return undefined;
  }
  return path;
}

const LINKS = { up: "..", self: ".", loop: "a", dangling: "../../outside/new" };
const readTop = () => treeOf(world.uploads).filter((entry) => !entry.includes("/"));

/** Everything that must not change. */
function surroundings() {
  const inHome = treeOf(world.home).filter((entry) => !entry.startsWith("Uploads"));
  return {
    inHome,
    outside: treeOf(world.outside),
    victim: readFileSync(join(world.outside, "victim"), "utf8"),
  };
}

describe("with any file name and any links", () => {
  it("a resumable upload writes below ~/Uploads, replaces nothing, and reports the right path", async () => {
    await fc.assert(
      fc.asyncProperty(tree, path, fc.uuid(), async (entries, relativePath, content) => {
        plant(entries);
        const [before, had] = [surroundings(), treeOf(world.uploads)];
        const answer = await upload(world, "unused", content, { relativePath });
        expect(surroundings()).toEqual(before);
        expect([201, 400]).toContain(answer.status);
        if (answer.status === 400) {
          expect(treeOf(world.uploads).filter(isKept)).toEqual(had.filter(isKept));
          return;
        }
        const names = savedAs(answer).split("/");
        expect(names.every((part) => part !== ".." && part !== "." && Buffer.byteLength(part) <= 255)).toBe(
          true,
        );
        expect(had).not.toContain(names.join("/"));
        expect(readFileSync(join(world.uploads, ...names), "utf8")).toBe(content);
        expect(treeOf(world.uploads).filter((entry) => entry.startsWith(".kasmix-uploads/"))).toEqual([]);
      }),
      RUNS,
    );
  });

  it("a chunk on port 4902 does the same", async () => {
    const fields = { dzchunkindex: 0, dzchunkbyteoffset: 0, dztotalfilesize: 5, dztotalchunkcount: 1 };
    await fc.assert(
      fc.asyncProperty(tree, path, async (entries, given) => {
        plant(entries);
        const [before, had] = [surroundings(), treeOf(world.uploads)];
        const escaped = given.replace(/["\r\n]/g, "_");
        const { headers, body } = form(fields, { name: escaped, content: "hello" });
        const asked = { method: "POST", path: "/upload", port: world.kasmPort, headers, body };
        const { status } = await ask(world, asked);
        expect(surroundings()).toEqual(before);
        expect([200, 400]).toContain(status);
        const added = treeOf(world.uploads).filter((entry) => !had.includes(entry) && isKept(entry));
        expect(added).toHaveLength(status === 200 ? 1 : 0);
        expect(added.every((entry) => !entry.includes("/"))).toBe(true);
      }),
      RUNS,
    );
  });
});

describe("a folder that is swapped for a link while files arrive", () => {
  it("leads nothing out of ~/Uploads", async () => {
    plant([]);
    const before = surroundings();
    const [folder, aside] = [join(world.uploads, "a"), join(world.home, "aside")];
    let swapping = true;
    const swap = async () => {
      for (let turn = 0; swapping; turn++) {
        rmSync(folder, { recursive: true, force: true });
        rmSync(aside, { recursive: true, force: true });
        if (turn % 2) symlinkSync(world.outside, aside);
        else mkdirSync(aside);
        try {
          renameSync(aside, folder);
        } catch {
          // The gateway was faster.
        }
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    const swapped = swap();
    const statuses = new Set<number>();
    for (let count = 0; count < 60; count++) {
      statuses.add((await upload(world, "x", "1", { relativePath: "a/x" })).status);
    }
    swapping = false;
    await swapped;
    rmSync(aside, { recursive: true, force: true });
    expect(surroundings()).toEqual(before);
    // An upload may lose its folder; then it fails with 500.
    expect([...statuses].filter((status) => status !== 201 && status !== 500)).toEqual([]);
    expect(statuses).toContain(201);
  });
});

const isKept = (entry: string) => entry !== ".kasmix-uploads" && !entry.startsWith(".kasmix-uploads/");
