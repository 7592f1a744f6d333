import type { Change as AnyChange, Xfconf as AnyXfconf } from "../xfconf.ts";

/** The channels that have a part in the scale. */
export const CHANNELS = ["xsettings", "xfwm4", "xfce4-panel", "xfce4-desktop"] as const;
export type Channel = (typeof CHANNELS)[number];
export type Xfconf = AnyXfconf<Channel>;
export type Change = AnyChange<Channel>;

/**
 * The channels whose changes have to wait until programs have followed the others, and the desktop its new size. The panel
 * makes itself a pixel larger and smaller again when GTK's scale changes, and so spoils a size that it gets meanwhile; one
 * that it gets together with a new size of the screen lets windows cover it. The window manager takes its largest frames by
 * itself where GTK's scale is 2 while it reads its theme.
 */
export const LATE: readonly Channel[] = ["xfce4-panel", "xfwm4"];

/** The scale that the desktop has. xfsettingsd ignores properties of such a name. */
const SCALE = "/Kasmix/Scale";

/**
 * The changes that make XFCE draw everything `scale` times larger than on an ordinary screen. They start from the sizes
 * that the user has chosen for such a screen, and keep them.
 *
 * GTK multiplies its widgets by whole numbers only; fonts, the panel and the desktop's icons take the rest. Programs
 * without GTK, such as Qt's, read the whole scale from Xft/DPI, which GTK ignores where there is Gdk/UnscaledDPI.
 */
export function planScale(scale: number, current: Xfconf): Change[] {
  const before = Number(current.xsettings.get(SCALE)) || 1;
  if (before === scale) return [];
  const all: Step = { before, after: scale };
  const rest: Step = { before: before / wholeScale(before), after: scale / wholeScale(scale) };
  const whole = wholeScale(scale);
  const dpi = resize(current.xsettings.get("/Xft/DPI"), all) ?? Math.round(96 * scale);
  const pointer = resize(current.xsettings.get("/Gtk/CursorThemeSize"), all) ?? Math.round(24 * scale);
  const changes: Change[] = [
    ...resizeAll("xfce4-desktop", /^\/desktop-icons\/icon-size$/, rest, current),
    xsetting("/Gdk/UnscaledDPI", whole === 1 ? undefined : Math.round((1024 * dpi) / whole)),
    xsetting("/Xft/DPI", dpi),
    xsetting("/Gdk/WindowScalingFactor", whole),
    xsetting("/Gtk/CursorThemeSize", pointer),
    { channel: "xsettings", property: SCALE, type: "string", value: `${scale}` },
    ...resizeAll("xfce4-panel", /^\/panels\/panel-\d+\/(icon-)?size$/, rest, current),
    ...frames(scale, current),
  ];
  return changes.filter(({ channel, property, value }) => current[channel].get(property) !== value);
}

/** The size that each panel has after the changes. */
export function panelSizes(current: Xfconf, changes: readonly Change[]): Change[] {
  return [...current["xfce4-panel"]].flatMap(([property, present]) => {
    if (!/^\/panels\/panel-\d+\/size$/.test(property)) return [];
    const change = changes.find((one) => one.channel === "xfce4-panel" && one.property === property);
    return [change ?? { channel: "xfce4-panel", property, type: "uint", value: present }];
  });
}

/** How many times GTK enlarges its widgets. */
function wholeScale(scale: number): number {
  return Math.max(1, Math.floor(scale + 0.25));
}

interface Step {
  readonly before: number;
  readonly after: number;
}

/** A size at the new scale; undefined where it is not set or automatic. */
function resize(size: string | undefined, { before, after }: Step): number | undefined {
  return Number(size) > 0 ? Math.round(Math.round(Number(size) / before) * after) : undefined;
}

function xsetting(property: string, value: number | undefined): Change {
  return { channel: "xsettings", property, type: "int", value: value === undefined ? value : `${value}` };
}

function resizeAll(channel: Channel, pattern: RegExp, step: Step, current: Xfconf): Change[] {
  return [...current[channel]].flatMap(([property, size]) => {
    const value = pattern.test(property) ? resize(size, step) : undefined;
    return value === undefined ? [] : [{ channel, property, type: "uint", value: `${value}` }];
  });
}

/** The window manager's frames are pictures: of its own theme it has larger ones. Others stay as they are. */
function frames(scale: number, current: Xfconf): Change[] {
  const property = "/general/theme";
  if (!/^Default(-x?hdpi)?$/.test(current.xfwm4.get(property) ?? "")) return [];
  const value = scale < 1.25 ? "Default" : scale < 1.75 ? "Default-hdpi" : "Default-xhdpi";
  return [{ channel: "xfwm4", property, type: "string", value }];
}
