import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { QT5, QT6 } from "../../../../src/parts/qt.ts";
import { setQtScheme } from "../../../../src/runtime/session/look/qt.ts";
import { makeProject } from "../../../helpers/project.ts";

/** The settings of an image with programs of Qt 5 only, and what its home has. */
function image(home: Readonly<Record<string, string>> = {}) {
  const [settings] = QT5.files;
  const root = makeProject({ "xdg/qt5ct/qt5ct.conf": settings?.text ?? "", ...home });
  const folders = { home: join(root, "home"), defaults: join(root, "xdg") };
  const own = join(root, "home/.config/qt5ct/qt5ct.conf");
  const colours = () => /^color_scheme_path=(.*)$/m.exec(readFileSync(own, "utf8"))?.[1];
  return { folders, own, colours };
}

test("Qt's programs get the colours of the scheme, there and back, beside the other settings", () => {
  const { folders, own, colours } = image();
  setQtScheme("light", folders);
  expect(existsSync(own), "the image's own settings are the light ones").toBe(false);
  setQtScheme("dark", folders);
  expect(colours()).toBe("/usr/share/qt5ct/colors/Kasmix-dark.conf");
  expect(readFileSync(own, "utf8")).toContain("icon_theme=elementary-xfce\n");
  setQtScheme("light", folders);
  expect(colours()).toBe("/usr/share/qt5ct/colors/Kasmix.conf");
  expect(existsSync(join(folders.home, ".config/qt6ct")), "of a Qt that the image has not").toBe(false);
});

test("colours that the user chose stay", () => {
  const chosen = "color_scheme_path=/usr/share/qt5ct/colors/airy.conf";
  const { folders, colours } = image({ "home/.config/qt5ct/qt5ct.conf": `[Appearance]\n${chosen}\n` });
  setQtScheme("dark", folders);
  expect(colours()).toBe("/usr/share/qt5ct/colors/airy.conf");
});

/** Both programs fall back to their own colours when a list has another length. */
test("each version of Qt gets as many colours as it has roles", () => {
  const counts = ({ files }: typeof QT5) =>
    files.flatMap(({ text = "" }) =>
      [...text.matchAll(/_colors=(.*)$/gm)].map(([, list]) => list?.split(", ").length),
    );
  expect(counts(QT5)).toEqual(Array(6).fill(21));
  expect(counts(QT6)).toEqual(Array(6).fill(22));
});
