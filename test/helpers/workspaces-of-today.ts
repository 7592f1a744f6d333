import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { lockPath, parseLock } from "../../src/debian/read.ts";
import { listWorkspaces } from "../../src/model/load.ts";

const ROOT = join(import.meta.dirname, "../..");
const DAY = 24 * 60 * 60 * 1000;

/** Workspaces with a file of tests of their own. */
const TESTED_ALONE = ["chromium", "desktop", "signal", "void"];

/** How many small workspaces come on a day, beside one large one. */
const SMALL = 3;

/**
 * The workspaces that this run builds and starts: four, chosen by the date (UTC), or what KASMIX_TEST_WORKSPACES names:
 * `all`, or some of them.
 */
export async function workspacesOfToday(
  wanted = process.env.KASMIX_TEST_WORKSPACES ?? "",
): Promise<readonly string[]> {
  const others = (await listWorkspaces(ROOT)).filter((name) => !TESTED_ALONE.includes(name));
  if (wanted === "all") return others;
  if (wanted !== "") return wanted.split(/[\s,]+/);
  return chosenOn(Math.floor(Date.now() / DAY), await bySize(others));
}

/**
 * Those of a day, given as days since 1970: one of the largest quarter, which take the longest to build, and three others.
 * Each has its turn.
 */
export function chosenOn(day: number, fromLargest: readonly string[]): readonly string[] {
  const split = Math.ceil(fromLargest.length / (SMALL + 1));
  const [large, small] = [fromLargest.slice(0, split), fromLargest.slice(split)];
  const turns = [...Array(SMALL).keys()].map((turn) => small[(SMALL * day + turn) % small.length]);
  return [large[day % large.length], ...turns].filter((name) => name !== undefined);
}

/** Workspaces by the bytes of the packages that they add to the core, the largest first. */
async function bySize(names: readonly string[]): Promise<readonly string[]> {
  const sizes = await Promise.all(
    names.map(async (name) => {
      const path = lockPath(name);
      const { packages } = parseLock(await readFile(join(ROOT, path), "utf8"), path);
      return { name, size: packages.reduce((sum, { size }) => sum + size, 0) };
    }),
  );
  return sizes.sort((a, b) => b.size - a.size).map(({ name }) => name);
}
