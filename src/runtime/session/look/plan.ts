import type { Change, Xfconf } from "../xfconf.ts";

/** The desktop's two looks. */
export type Scheme = "light" | "dark";

/** The channels that have a part in the look. */
export const CHANNELS = ["xsettings", "xfce4-desktop"] as const;

const THEMES: Readonly<Record<Scheme, string>> = { light: "Kasmix", dark: "Kasmix-dark" };
const WALLPAPERS = "/usr/share/backgrounds/kasmix";

const THEME = "/Net/ThemeName";
const WALLPAPER = /^\/backdrop\/.+\/last-image$/;

/** What the desktop was given last, at first by nix/common's xsettings.xml. xfsettingsd ignores properties of such a name. */
const GIVEN = { theme: "/Kasmix/Theme", wallpaper: "/Kasmix/Wallpaper" } as const;

/**
 * The changes that give the desktop a look: a scheme, without which it keeps its own, and a wallpaper, without which it gets
 * the scheme's. A theme or a wallpaper that is not the one given last was chosen by the user, and stays.
 */
export function planLook(
  scheme: Scheme | undefined,
  wallpaper: string | undefined,
  current: Xfconf<(typeof CHANNELS)[number]>,
): Change[] {
  const { xsettings } = current;
  const wanted = scheme ?? givenScheme(current);
  const image = wallpaper ?? `${WALLPAPERS}/${wanted}.svg`;
  const images = [...current["xfce4-desktop"]].filter(
    ([property, value]) => WALLPAPER.test(property) && value === xsettings.get(GIVEN.wallpaper),
  );
  const changes = [
    ...(xsettings.get(THEME) === xsettings.get(GIVEN.theme)
      ? [set("xsettings", THEME, THEMES[wanted]), set("xsettings", GIVEN.theme, THEMES[wanted])]
      : []),
    ...images.map(([property]) => set("xfce4-desktop", property, image)),
    ...(images.length > 0 ? [set("xsettings", GIVEN.wallpaper, image)] : []),
  ];
  return changes.filter(
    ({ channel, property, value }) => current[channel as keyof typeof current].get(property) !== value,
  );
}

/** The scheme that the desktop was given last. */
export function givenScheme({ xsettings }: Xfconf<(typeof CHANNELS)[number]>): Scheme {
  return xsettings.get(GIVEN.theme) === THEMES.dark ? "dark" : "light";
}

/** Whether the theme is a dark one once the changes are made. */
export function schemeOf(current: Xfconf<(typeof CHANNELS)[number]>, changes: readonly Change[]): Scheme {
  const changed = changes.find(({ property }) => property === THEME);
  const theme = changed?.value ?? current.xsettings.get(THEME) ?? "";
  return /dark/i.test(theme) ? "dark" : "light";
}

function set(channel: (typeof CHANNELS)[number], property: string, value: string): Change {
  return { channel, property, type: "string", value };
}
