import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { seedHome } from "../../../src/runtime/boot/profile.ts";

let folder: string;
const profile = (path = "") => join(folder, "profile", path);
const home = (path = "") => join(folder, "home", path);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kasmix-profile-"));
  mkdirSync(profile(".config/xfce4"), { recursive: true });
  mkdirSync(home());
  writeFileSync(profile(".bashrc"), "from the image");
  writeFileSync(profile(".config/xfce4/panel.xml"), "<panel/>");
  writeFileSync(profile("run.sh"), "#!/bin/sh");
  chmodSync(profile("run.sh"), 0o755);
  symlinkSync("../Uploads", profile("link"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

it("copies all files with their modes and links to an empty home", () => {
  expect(seedHome(profile(), home())).toEqual({ copied: 6, failed: [] });
  expect(readFileSync(home(".config/xfce4/panel.xml"), "utf8")).toBe("<panel/>");
  expect(statSync(home("run.sh")).mode & 0o777).toBe(0o755);
  expect(readlinkSync(home("link"))).toBe("../Uploads");
  expect(seedHome(profile(), home()).copied).toBe(0);
});

it("overwrites nothing", () => {
  writeFileSync(home(".bashrc"), "mine");
  seedHome(profile(), home());
  expect(readFileSync(home(".bashrc"), "utf8")).toBe("mine");
});

it("does not restore files that the user deleted, but copies files that a newer image adds", () => {
  seedHome(profile(), home());
  rmSync(home(".bashrc"));
  writeFileSync(profile("new"), "new");
  expect(seedHome(profile(), home()).copied).toBe(1);
  expect(() => statSync(home(".bashrc"))).toThrow();
  expect(readFileSync(home("new"), "utf8")).toBe("new");
});

it("completes an interrupted start", () => {
  mkdirSync(home(".config"));
  writeFileSync(home("run.sh.kasmix-seed"), "#!/bi");
  expect(seedHome(profile(), home()).copied).toBe(5);
  expect(readFileSync(home("run.sh"), "utf8")).toBe("#!/bin/sh");
});

it("does nothing without a profile", () => {
  expect(seedHome(join(folder, "none"), home())).toEqual({ copied: 0, failed: [] });
});

it("copies what is possible to a broken home, reports the rest, and completes it after a repair", () => {
  writeFileSync(home(".config"), "a file where a folder is to be");
  expect(() => seedHome(profile(), home())).toThrow(/EEXIST|ENOTDIR/);
  expect(readFileSync(home(".bashrc"), "utf8")).toBe("from the image");
  rmSync(home(".config"));
  expect(seedHome(profile(), home())).toEqual({ copied: 3, failed: [] });
});

it("reports files that cannot be copied because a file is in place of their folder", () => {
  mkdirSync(home(".config"));
  writeFileSync(home(".config/xfce4"), "");
  const { copied, failed } = seedHome(profile(), home());
  expect(copied).toBe(3);
  expect(failed).toEqual([expect.stringMatching(/^\.config\/xfce4\/panel\.xml: ENOTDIR/)]);
  expect(readFileSync(home(".config/kasmix/seeded"), "utf8")).not.toContain("panel.xml");
});

it("copies a newer image's version of files that the user has not changed", () => {
  seedHome(profile(), home());
  writeFileSync(home("run.sh"), "mine");
  writeFileSync(profile("run.sh"), "#!/bin/sh\n# newer");
  writeFileSync(profile(".bashrc"), "newer");
  rmSync(profile("link"));
  symlinkSync("../Downloads", profile("link"));
  expect(seedHome(profile(), home())).toEqual({ copied: 2, failed: [] });
  expect(readFileSync(home(".bashrc"), "utf8")).toBe("newer");
  expect(readlinkSync(home("link"))).toBe("../Downloads");
  expect(readFileSync(home("run.sh"), "utf8")).toBe("mine");
  expect(seedHome(profile(), home()).copied).toBe(0);
});

it("does not restore a deleted file of which the image has a newer version", () => {
  seedHome(profile(), home());
  rmSync(home(".bashrc"));
  writeFileSync(profile(".bashrc"), "newer");
  expect(seedHome(profile(), home()).copied).toBe(0);
  expect(() => statSync(home(".bashrc"))).toThrow();
});

it("keeps files that an earlier Kasmix copied without recording a fingerprint", () => {
  seedHome(profile(), home());
  writeFileSync(home(".config/kasmix/seeded"), ".bashrc\n");
  writeFileSync(profile(".bashrc"), "newer");
  seedHome(profile(), home());
  expect(readFileSync(home(".bashrc"), "utf8")).toBe("from the image");
});

// Each start logged an error until the user made the folder again.
it("copies a file that a newer image adds to a folder that the user deleted", () => {
  seedHome(profile(), home());
  rmSync(home(".config/xfce4"), { recursive: true });
  writeFileSync(profile(".config/xfce4/new.xml"), "new");
  expect(seedHome(profile(), home())).toEqual({ copied: 1, failed: [] });
  expect(readFileSync(home(".config/xfce4/new.xml"), "utf8")).toBe("new");
  expect(() => statSync(home(".config/xfce4/panel.xml"))).toThrow();
});

it("replaces a file that is a folder in a newer image, but keeps a folder that is a file there", () => {
  seedHome(profile(), home());
  rmSync(profile("link"));
  mkdirSync(profile("link"));
  writeFileSync(profile("link/inside"), "inside");
  rmSync(profile(".config/xfce4"), { recursive: true });
  writeFileSync(profile(".config/xfce4"), "a file");
  expect(seedHome(profile(), home())).toEqual({ copied: 2, failed: [] });
  expect(readFileSync(home("link/inside"), "utf8")).toBe("inside");
  expect(readFileSync(home(".config/xfce4/panel.xml"), "utf8")).toBe("<panel/>");
  expect(seedHome(profile(), home())).toEqual({ copied: 0, failed: [] });
});

// The link was followed at every start: with a link to / that never ended.
it("copies a link to a folder as a link", () => {
  symlinkSync("/usr/share/zoneinfo", profile("behind"));
  expect(seedHome(profile(), home())).toEqual({ copied: 7, failed: [] });
  expect(readlinkSync(home("behind"))).toBe("/usr/share/zoneinfo");
  expect(readFileSync(home(".config/kasmix/seeded"), "utf8")).not.toContain("behind/");
});
