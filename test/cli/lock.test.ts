import { expect, it, vi } from "vitest";
import { callKasmix } from "./kasmix.ts";

const asked = vi.hoisted((): object[] => []);

vi.mock("../../src/debian/lock.ts", () => ({
  lockWorkspaces: async (_root: string, workspaces: { name: string }[], options: object) => {
    asked.push({ names: workspaces.map(({ name }) => name), ...options });
    return [];
  },
}));

/** It also renewed the core, so that every other workspace was built again. */
it("renews the core only when all workspaces are locked", async () => {
  expect((await callKasmix(["lock", "desktop"])).exitCode).toBe(0);
  expect((await callKasmix(["lock"])).exitCode).toBe(0);
  expect(asked).toMatchObject([
    { names: ["desktop"], keepCore: true },
    { names: expect.arrayContaining(["desktop", "void"]), keepCore: false },
  ]);
});
