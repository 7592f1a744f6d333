import { expect, test } from "vitest";
import { reasonFor } from "../../src/debian/elsewhere.ts";

const shown = (area: string, architecture = "amd64") =>
  reasonFor(`Package: x\nArchitecture: ${architecture}\nFilename: pool/${area}/x/x_1.deb`)?.message;

/** Such packages were refused as if their names were misspelt. */
test("a package outside of main, or only for i386, is told apart from an unknown name", () => {
  for (const area of ["contrib", "non-free", "non-free-firmware"])
    expect(shown(area)).toMatch(new RegExp(`^is in Debian's ${area},`));
  expect(shown("updates/non-free")).toMatch(/^is in Debian's non-free,/);
  expect(shown("main", "i386")).toMatch(/^is only for i386,/);
  expect(shown("main")).toBeUndefined();
  expect(shown("main", "all")).toBeUndefined();
});
