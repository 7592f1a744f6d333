import { describe, expect, test } from "vitest";
import { CHANNELS, planLook, type Scheme } from "../../../../src/runtime/session/look/plan.ts";

const IMAGE = "/backdrop/screen0/monitorVNC-0/workspace0/last-image";
const LIGHT = "/usr/share/backgrounds/kasmix/light.svg";
const DARK = "/usr/share/backgrounds/kasmix/dark.svg";
const MOUNTED = "/usr/share/backgrounds/bg_default.png";

/** The settings of a new home (nix/common). */
const FRESH: Settings = {
  xsettings: { "/Net/ThemeName": "Kasmix", "/Kasmix/Theme": "Kasmix", "/Kasmix/Wallpaper": LIGHT },
  "xfce4-desktop": { [IMAGE]: LIGHT, "/desktop-icons/icon-size": "48" },
};

type Settings = Readonly<Record<(typeof CHANNELS)[number], Record<string, string>>>;

/** The settings after the plan's changes. */
function applied(settings: Settings, scheme: Scheme | undefined, wallpaper?: string): Settings {
  const current = {
    xsettings: new Map(Object.entries(settings.xsettings)),
    "xfce4-desktop": new Map(Object.entries(settings["xfce4-desktop"])),
  };
  for (const { channel, property, value } of planLook(scheme, wallpaper, current))
    current[channel as keyof typeof current].set(property, value ?? "");
  expect(planLook(scheme, wallpaper, current), "a second time nothing is left to do").toEqual([]);
  const [xsettings, desktop] = CHANNELS.map((channel) => Object.fromEntries(current[channel]));
  return { xsettings: xsettings ?? {}, "xfce4-desktop": desktop ?? {} };
}

const look = ({ xsettings, "xfce4-desktop": desktop }: Settings) => [
  xsettings["/Net/ThemeName"],
  desktop[IMAGE],
];

/** A desktop on which the user has chosen a theme or a wallpaper. */
function choose(settings: Settings, theme?: string, image?: string): Settings {
  return {
    xsettings: { ...settings.xsettings, ...(theme !== undefined && { "/Net/ThemeName": theme }) },
    "xfce4-desktop": { ...settings["xfce4-desktop"], ...(image !== undefined && { [IMAGE]: image }) },
  };
}

describe("the look of the desktop", () => {
  test("theme and wallpaper follow the scheme, there and back", () => {
    const dark = applied(FRESH, "dark");
    expect(look(dark)).toEqual(["Kasmix-dark", DARK]);
    expect(applied(dark, "light")).toEqual(FRESH);
  });

  test("without a scheme a desktop stays as it is", () => {
    expect(applied(FRESH, undefined)).toEqual(FRESH);
    const dark = applied(FRESH, "dark");
    expect(applied(dark, undefined)).toEqual(dark);
  });

  test("a theme that the user chose stays, also when it is the other one of Kasmix", () => {
    for (const theme of ["Greybird", "Kasmix-dark"]) {
      const chosen = choose(FRESH, theme);
      expect(look(applied(applied(chosen, "dark"), "light"))).toEqual([theme, LIGHT]);
    }
  });

  test("a theme that is chosen as it was given follows again", () => {
    const chosen = applied(choose(FRESH, "Greybird"), "dark");
    expect(look(applied(choose(chosen, "Kasmix"), "dark"))).toEqual(["Kasmix-dark", DARK]);
  });

  test("a mounted wallpaper wins over Kasmix's in both schemes, until it is gone", () => {
    const mounted = applied(FRESH, "dark", MOUNTED);
    expect(look(mounted)).toEqual(["Kasmix-dark", MOUNTED]);
    expect(look(applied(mounted, "light", MOUNTED))).toEqual(["Kasmix", MOUNTED]);
    expect(look(applied(mounted, undefined))).toEqual(["Kasmix-dark", DARK]);
  });

  test("a wallpaper that the user chose wins over a mounted one, and the theme follows all the same", () => {
    const chosen = choose(FRESH, undefined, "/home/kasm-user/cat.png");
    expect(look(applied(chosen, "dark", MOUNTED))).toEqual(["Kasmix-dark", "/home/kasm-user/cat.png"]);
  });
});
