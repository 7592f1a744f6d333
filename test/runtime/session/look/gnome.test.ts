import { expect, test } from "vitest";
import { setGnomeScheme } from "../../../../src/runtime/session/look/gnome.ts";
import { standInForXfconf } from "../../../helpers/xfconf.ts";

test("programs of GTK 4 are told the scheme, where the image has the means", async () => {
  const { environment, notes } = standInForXfconf({}, ["dconf"]);
  await setGnomeScheme("dark", environment);
  await setGnomeScheme("light", environment);
  expect(notes()).toEqual([
    "dconf write /org/gnome/desktop/interface/color-scheme 'prefer-dark'",
    "dconf write /org/gnome/desktop/interface/color-scheme 'default'",
  ]);
  await expect(setGnomeScheme("dark", { PATH: "/nowhere" })).resolves.toBeUndefined();
});
