import { expect, test } from "vitest";
import { findMirrors, preferredMirrors, sortTargets } from "../../src/debian/mirrors.ts";

const targets = (...lines: string[][]) => lines.map((line) => line.join("\t")).join("\n");

test("Debian's archives are distinguished from other vendors' by their Release files", () => {
  const printed = targets(
    ["Packages", "https://vendor.example/linux/debian/", "bookworm", "Vendor"],
    ["Packages", "http://mirror.example/debian/", "bookworm", "Debian"],
    ["DEP-11", "http://other.example/debian/", "bookworm", "Debian"],
    ["Packages", "http://mirror.example/debian-security/", "bookworm-security", "Debian"],
    ["Packages", "http://mirror.example/debian/", "bookworm-updates", "Debian"],
  );
  expect(sortTargets(printed)).toEqual({
    debian: ["http://mirror.example/debian"],
    "debian-security": ["http://mirror.example/debian-security"],
  });
});

test("before the first update the archive that has updates comes before a vendor's of the same suite", () => {
  const unknown = "$(ORIGIN)";
  const printed = targets(
    ["Packages", "https://vendor.example/linux/debian/", "trixie", unknown],
    ["Packages", "http://mirror.example/debian/", "trixie", unknown],
    ["Packages", "http://mirror.example/debian/", "trixie-updates", unknown],
    ["Packages", "https://node.example/node/", "nodistro", unknown],
  );
  expect(sortTargets(printed).debian).toEqual([
    "http://mirror.example/debian",
    "https://vendor.example/linux/debian",
  ]);
});

test("the environment's mirrors win over the machine's", async () => {
  const mirrors = await findMirrors({
    KASMIX_DEBIAN_MIRROR: "https://mirror.example/debian/",
    KASMIX_DEBIAN_SECURITY_MIRROR: "https://mirror.example/security",
  });
  expect(preferredMirrors(mirrors)).toEqual({
    debian: "https://mirror.example/debian",
    "debian-security": "https://mirror.example/security",
  });
});

test("a mirror that is not a web address is refused by the variable's name", async () => {
  await expect(findMirrors({ KASMIX_DEBIAN_MIRROR: "mirror.example" })).rejects.toMatchObject({
    code: "E_USAGE",
    message: "KASMIX_DEBIAN_MIRROR is not a web address: mirror.example",
  });
});

test("on a machine without a mirror, the error names the variable for one", () => {
  expect(() => preferredMirrors({ debian: ["http://a.example/debian"], "debian-security": [] })).toThrow(
    "This machine's apt sources name no mirror of the debian-security archive.",
  );
});
