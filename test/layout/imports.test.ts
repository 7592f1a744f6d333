import { readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, it } from "vitest";
import { filesBelow, ROOT } from "../docs/pages.ts";

const IMPORTS = new Map(
  filesBelow("src")
    .filter((file) => file.endsWith(".ts"))
    .map((file) => [file, importsOf(file)]),
);

describe("imports in src", () => {
  // Nix bundles these folders and no others: nix/runtime.nix. With an import from elsewhere no image can be built.
  it("stay within the folders that are bundled into the image", () => {
    const bundled = [...read("nix/runtime.nix").matchAll(/source "(\w+)"/g)].map(
      ([, name]) => `src/${name}/`,
    );
    expect(bundled).toContain("src/runtime/");
    const inside = (file: string) => bundled.some((folder) => file.startsWith(folder));
    const escapes = [...IMPORTS]
      .filter(([file]) => inside(file) && file !== "src/client/build.ts")
      .flatMap(([file, imports]) =>
        imports.filter((name) => !inside(name)).map((name) => `${file} -> ${name}`),
      );
    expect(escapes).toEqual([]);
  });
});

/** The files that a file imports, with their paths below the project's folder. */
function importsOf(file: string): string[] {
  return [...read(file).matchAll(/\b(?:from|import\(?)\s*"(\.[^"]+\.ts)"/g)].map(([, path = ""]) =>
    normalize(join(dirname(file), path)),
  );
}

function read(file: string): string {
  return readFileSync(join(ROOT, file), "utf8");
}
