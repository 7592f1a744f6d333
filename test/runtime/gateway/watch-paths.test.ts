import { mkdtempSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished, vi } from "vitest";
import { watchPaths } from "../../../src/runtime/gateway/watch-paths.ts";
import { eventually } from "../../helpers/eventually.ts";

/** Called with each path that lstat was called for. */
const looked = vi.hoisted(() => ({ at: (_path: unknown) => {} }));
vi.mock("node:fs", async (original) => {
  const fs = await original<typeof import("node:fs")>();
  const lstatSync = (...question: Parameters<typeof fs.lstatSync>) => {
    const answer = fs.lstatSync(...question);
    looked.at(question[0]);
    return answer;
  };
  return { ...fs, lstatSync };
});

// This threw in a timer, and nothing was watched any more.
it("a link that is removed while it is read stays watched", async () => {
  const folder = mkdtempSync(join(tmpdir(), "kasmix-watch-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [link, one, other] = ["link", "one", "other"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(one, "");
  writeFileSync(other, "");
  symlinkSync(one, link);
  looked.at = (path) => {
    if (path !== link) return;
    looked.at = () => {};
    unlinkSync(link);
  };
  let changes = 0;
  const end = watchPaths(
    [link],
    () => void changes++,
    ({ message }) => expect.fail(message),
  );
  onTestFinished(end);
  rmSync(link, { force: true });
  symlinkSync(other, link);
  await eventually(() => expect(changes).toBeGreaterThan(0));
  const before = changes;
  writeFileSync(other, "changed");
  await eventually(() => expect(changes).toBeGreaterThan(before));
});
