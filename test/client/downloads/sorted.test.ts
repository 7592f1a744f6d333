import { expect, test } from "vitest";
import { sorted } from "../../../src/client/downloads/set-up.ts";

test("folders come first, and names are in natural order", () => {
  const entry = (name: string, type: "folder" | "file") => ({ name, type, size: 0 });
  const entries = [entry("b10", "file"), entry("b9", "file"), entry("z", "folder"), entry("A", "file")];
  expect(sorted(entries).map(({ name }) => name)).toEqual(["z", "A", "b9", "b10"]);
});
