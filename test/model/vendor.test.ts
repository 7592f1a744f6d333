import { expect, it } from "vitest";
import type { VendorPackage } from "../../src/model/types.ts";
import { validateWorkspace } from "../../src/model/validate.ts";
import { TINY } from "./tiny.ts";

const APP: VendorPackage = {
  version: "1.0",
  url: "https://host.test/app-{version}.tar.gz",
  sha256: "a".repeat(64),
  format: "tar.gz",
  programs: ["/opt/app/app"],
};

/** The faults of a workspace with one vendor package that differs in these fields, one line each. */
function faultsOf(changes: object, name = "app"): string[] {
  const faults = validateWorkspace(
    { ...TINY, vendor: { [name]: { ...APP, ...changes } } },
    { folder: "/", name: "tiny" },
  );
  return faults.map(({ path, message, fix }) => `${path}: ${message}. ${fix}`);
}

it.each([
  [{}],
  [{ format: "deb", programs: ["/usr/bin/app"] }],
  [{ directory: "/opt/vendor/app", programs: ["/opt/vendor/app/bin/app"], strip: 1 }],
  [{ newest: { debianPackages: "https://host.test/Packages", package: "app" } }],
  [{ newest: { redirect: "https://host.test/newest", version: "/([0-9.]+)/" } }],
  [{ newest: { githubRelease: "Vendor/App.js", tag: "^v(?<version>.+)$" } }],
  [{ url: "https://host.test/app.tar.gz" }],
])("has no fault in %j", (changes) => expect(faultsOf(changes)).toEqual([]));

it.each([
  [
    { newest: { githubRelease: "a/b", tag: "v(.*)" }, url: "https://host.test/app.tar.gz" },
    "vendor.app.url: does not contain {version}, so a new version would not change it. Write {version} where the version stands, or remove `newest`.",
  ],
  [
    { url: "https://[" },
    'vendor.app.url: "https://[" is not a valid address. Correct it: https://host/path.',
  ],
  [
    { format: "deb", directory: "/opt/app" },
    "vendor.app.directory: the files of a Debian package keep their places. Remove `directory`.",
  ],
  [
    { format: "deb", strip: 1 },
    "vendor.app.strip: the files of a Debian package keep their places. Remove `strip`.",
  ],
  [
    { format: "deb", programs: ["/bin/app"] },
    "vendor.app.programs[0]: /bin is a link to /usr/bin, and a file there would replace it. Write /usr/bin/app.",
  ],
  [
    { directory: "/lib/app", programs: ["/lib/app/app"] },
    "vendor.app.directory: /lib is a link to /usr/lib, and a file there would replace it. Write /usr/lib/app.",
  ],
  [
    { programs: ["/opt/app/app", "/usr/bin/app"] },
    "vendor.app.programs[1]: /usr/bin/app is not in /opt/app, where the archive is unpacked. Correct one of them.",
  ],
  [
    { directory: "/opt/kasmix/app", programs: ["/opt/kasmix/app/app"] },
    "vendor.app.directory: /opt/kasmix belongs to Kasmix. Choose another path.",
  ],
  [
    { newest: { debianPackages: "http://host.test/Packages", package: "app" } },
    'vendor.app.newest.debianPackages: expected an https address, got "http://host.test/Packages". Start it with https://.',
  ],
  [
    { newest: { redirect: "https://host.test", version: "[0-9]+" } },
    "vendor.app.newest.version: has no group for the version. Put parentheses around the version: `/app/([0-9.]+)/`.",
  ],
  [
    { newest: { redirect: "https://host.test", version: "(" } },
    "vendor.app.newest.version: Invalid regular expression: /(|/: Unterminated group. Correct the regular expression.",
  ],
  [
    { newest: { githubRelease: "https://github.com/a/b", tag: "v(.*)" } },
    'vendor.app.newest.githubRelease: expected owner/repository, got "https://github.com/a/b". Name the repository without host.',
  ],
])("tells what is wrong with %j", (changes, fault) => expect(faultsOf(changes)).toEqual([fault]));

it("refuses names that no folder or derivation can have", () => {
  expect(faultsOf({ programs: ["/opt/App/app"] }, "App")).toEqual([
    'vendor.App: expected lower-case letters, digits and `-`, a letter first, at most 40, got "App". Rename the package.',
  ]);
});

it("finds all faults at once, also beside those of the schema", () => {
  const faults = faultsOf({ sha256: "abc", url: "ftp://x", programs: [], newest: { redirect: "x" } });
  expect(faults.length).toBeGreaterThanOrEqual(4);
});
