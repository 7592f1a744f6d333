import { expect, it } from "vitest";
import { makeProject } from "../helpers/project.ts";
import { callKasmix } from "./kasmix.ts";

/** docs/build/add-an-app.md promises it; the list did not look into the files. */
it("reports every fault of a workspace.ts with its place, and lists the others", async () => {
  const root = makeProject({
    "workspaces/bad/workspace.ts":
      'export default {\n  name: "bad",\n  title: 5,\n  packages: ["A B"],\n};\n',
    "workspaces/odd/workspace.ts": "export default {",
  });
  const { exitCode, stdout, stderr } = await callKasmix(["list"], { root });
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^bad .*\nodd /m);
  expect(stderr).toContain("bad cannot be built:");
  expect(stderr).toContain("title (workspaces/bad/workspace.ts:3): expected a text, got 5");
  expect(stderr).toContain("packages[0] (workspaces/bad/workspace.ts:4): expected a Debian package name");
  expect(stderr).toMatch(/odd cannot be built:\n {2}workspaces\/odd\/workspace\.ts/);
  const rows = JSON.parse((await callKasmix(["list", "--json"], { root })).stdout);
  expect(rows).toMatchObject([{ name: "bad" }, { name: "odd", faults: [{ fix: "Correct the file." }] }]);
  expect(rows[0].faults.length).toBeGreaterThan(1);
});
