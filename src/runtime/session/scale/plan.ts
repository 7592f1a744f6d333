/** Values of XFCE's settings by channel and property, as text. */
export type Xfconf = Readonly<Record<Channel, ReadonlyMap<string, string>>>;

/** The channels that have a part in the scale. */
export const CHANNELS = ["xsettings", "xfwm4", "xfce4-panel", "xfce4-desktop"] as const;
export type Channel = (typeof CHANNELS)[number];

/** A property to set; without a value it is removed. */
export interface Change {
  readonly channel: Channel;
  readonly property: string;
  readonly type: "int" | "uint" | "string";
  readonly value: string | undefined;
}

/** The scale that the desktop has. xfsettingsd ignores properties of such a name. */
const SCALE = "/Kasmix/Scale";

/**
 * The changes that make XFCE draw everything `scale` times larger than on an ordinary screen. Sizes are multiplied by the
 * new scale over the old one, so that what the user has chosen stays chosen.
 *
 * GTK multiplies its widgets by whole numbers only; fonts, the panel and the desktop's icons take the rest. Programs
 * without GTK, such as Qt's, read the whole scale from Xft/DPI, which GTK ignores where there is Gdk/UnscaledDPI.
 */
export function planScale(scale: number, current: Xfconf): Change[] {
  const before = Number(current.xsettings.get(SCALE) ?? 1);
  if (before === scale) return [];
  const whole = wholeScale(scale);
  const rest = scale / whole / (before / wholeScale(before));
  const dpi = Math.round((sizeOf(current.xsettings.get("/Xft/DPI"), 96) * scale) / before);
  const pointer = Math.round((sizeOf(current.xsettings.get("/Gtk/CursorThemeSize"), 24) * scale) / before);
  const xsetting = (property: string, value: number | undefined): Change => ({
    ...{ channel: "xsettings", property, type: "int" },
    value: value === undefined ? undefined : `${value}`,
  });
  return [
    xsetting("/Gdk/UnscaledDPI", whole === 1 ? undefined : Math.round((1024 * dpi) / whole)),
    xsetting("/Xft/DPI", dpi),
    xsetting("/Gdk/WindowScalingFactor", whole),
    xsetting("/Gtk/CursorThemeSize", pointer),
    ...resized("xfce4-panel", /^\/panels\/panel-\d+\/(icon-)?size$/, rest, current),
    ...resized("xfce4-desktop", /^\/desktop-icons\/icon-size$/, rest, current),
    ...frames(scale, current),
    // Last: without it, an interrupted change is made again.
    { channel: "xsettings", property: SCALE, type: "string", value: `${scale}` },
  ];
}

/** How many times GTK enlarges its widgets. */
function wholeScale(scale: number): number {
  return Math.max(1, Math.floor(scale + 0.25));
}

function sizeOf(text: string | undefined, usual: number): number {
  const size = Number(text);
  return size > 0 ? size : usual;
}

function resized(channel: Channel, pattern: RegExp, factor: number, current: Xfconf): Change[] {
  const sizes = [...current[channel]].filter(
    ([property, value]) => pattern.test(property) && Number(value) > 0,
  );
  return sizes.map(([property, value]) => ({
    ...{ channel, property, type: "uint" },
    value: `${Math.round(Number(value) * factor)}`,
  }));
}

/** The window manager's frames are pictures: of its own theme it has larger ones. Others stay as they are. */
function frames(scale: number, current: Xfconf): Change[] {
  const property = "/general/theme";
  if (!/^Default(-x?hdpi)?$/.test(current.xfwm4.get(property) ?? "")) return [];
  const value = scale < 1.25 ? "Default" : scale < 1.75 ? "Default-hdpi" : "Default-xhdpi";
  return [{ channel: "xfwm4", property, type: "string", value }];
}
