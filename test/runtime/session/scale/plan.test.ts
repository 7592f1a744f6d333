import { describe, expect, test } from "vitest";
import { CHANNELS, type Change, planScale, type Xfconf } from "../../../../src/runtime/session/scale/plan.ts";

/** The settings of a new home. */
const fresh = xfconf({
  xsettings: { "/Xft/DPI": "96", "/Gtk/CursorThemeSize": "24", "/Gtk/FontName": "Sans 10" },
  xfwm4: { "/general/theme": "Default" },
  "xfce4-panel": {
    "/panels/panel-1/size": "30",
    "/panels/panel-1/icon-size": "16",
    "/panels/panel-1/length": "100",
  },
  "xfce4-desktop": { "/desktop-icons/icon-size": "48", "/desktop-icons/style": "2" },
});

function xfconf(values: Partial<Record<keyof Xfconf, Record<string, string>>>): Xfconf {
  const maps = CHANNELS.map((channel) => [channel, new Map(Object.entries(values[channel] ?? {}))]);
  return Object.fromEntries(maps);
}

/** The settings after these changes. */
function after(current: Xfconf, changes: readonly Change[]): Xfconf {
  const next = xfconf({});
  for (const channel of CHANNELS) {
    const map = next[channel] as Map<string, string>;
    for (const [property, value] of current[channel]) map.set(property, value);
    for (const change of changes.filter((each) => each.channel === channel)) {
      if (change.value === undefined) map.delete(change.property);
      else map.set(change.property, change.value);
    }
  }
  return next;
}

const scaled = (scale: number, current = fresh) => after(current, planScale(scale, current));

/** What a program of each kind makes of it. */
function sizes(current: Xfconf) {
  const number = (channel: keyof Xfconf, property: string) => Number(current[channel].get(property));
  const whole = number("xsettings", "/Gdk/WindowScalingFactor");
  const unscaled = current.xsettings.get("/Gdk/UnscaledDPI");
  return {
    gtkWidgets: whole,
    gtkFonts:
      (whole * (unscaled === undefined ? number("xsettings", "/Xft/DPI") : Number(unscaled) / 1024)) / 96,
    others: number("xsettings", "/Xft/DPI") / 96,
    pointer: number("xsettings", "/Gtk/CursorThemeSize") / 24,
    panel: (whole * number("xfce4-panel", "/panels/panel-1/size")) / 30,
    icons: (whole * number("xfce4-desktop", "/desktop-icons/icon-size")) / 48,
    frame: current.xfwm4.get("/general/theme"),
  };
}

describe("the scale of the desktop", () => {
  test("of a window on an ordinary screen changes nothing, so that the home stays as it is", () => {
    expect(planScale(1, fresh)).toEqual([]);
  });

  test("2 doubles everything", () => {
    const all = { gtkWidgets: 2, gtkFonts: 2, others: 2, pointer: 2, panel: 2, icons: 2 };
    expect(sizes(scaled(2))).toEqual({ ...all, frame: "Default-xhdpi" });
  });

  test("1.5 enlarges all but GTK's widgets", () => {
    const all = { gtkFonts: 1.5, others: 1.5, pointer: 1.5, panel: 1.5, icons: 1.5 };
    expect(sizes(scaled(1.5))).toEqual({ gtkWidgets: 1, ...all, frame: "Default-hdpi" });
  });

  test("1.75 enlarges GTK's widgets by 2, and its fonts by 1.75", () => {
    const { gtkWidgets, gtkFonts, others, panel } = sizes(scaled(1.75));
    expect([gtkWidgets, gtkFonts, others]).toEqual([2, 1.75, 1.75]);
    expect(panel).toBeCloseTo(1.75, 1);
  });

  test("that is reached again is not set again", () => {
    expect(planScale(1.5, scaled(1.5))).toEqual([]);
  });

  test("comes back to what it was", () => {
    let current = fresh;
    for (const scale of [1.25, 1.5, 1.75, 2, 1.14, 3, 1.75, 1.25, 1]) current = scaled(scale, current);
    const kept = new Map(current.xsettings);
    expect([kept.get("/Gdk/WindowScalingFactor"), kept.get("/Kasmix/Scale")]).toEqual(["1", "1"]);
    for (const property of ["/Gdk/WindowScalingFactor", "/Kasmix/Scale"]) kept.delete(property);
    expect({ ...current, xsettings: kept }).toEqual(fresh);
  });

  test("keeps what the user has chosen", () => {
    const own = xfconf({
      xsettings: { "/Xft/DPI": "110", "/Gtk/CursorThemeSize": "32" },
      xfwm4: { "/general/theme": "Moheli" },
      "xfce4-panel": {
        "/panels/panel-1/size": "40",
        "/panels/panel-2/size": "26",
        "/panels/panel-2/icon-size": "0",
      },
    });
    const dense = scaled(1.5, own);
    expect(Object.fromEntries(dense.xsettings)).toMatchObject({
      "/Xft/DPI": "165",
      "/Gtk/CursorThemeSize": "48",
    });
    expect(Object.fromEntries(dense.xfwm4)).toEqual({ "/general/theme": "Moheli" });
    expect(Object.fromEntries(dense["xfce4-panel"])).toEqual({
      "/panels/panel-1/size": "60",
      "/panels/panel-2/size": "39",
      "/panels/panel-2/icon-size": "0",
    });
    // The user makes the panel smaller meanwhile.
    (dense["xfce4-panel"] as Map<string, string>).set("/panels/panel-1/size", "45");
    expect(scaled(1, dense)["xfce4-panel"].get("/panels/panel-1/size")).toBe("30");
  });

  test("works where somebody has spoiled the note of the scale before", () => {
    const spoilt = after(fresh, [
      { channel: "xsettings", property: "/Kasmix/Scale", type: "string", value: "?" },
    ]);
    expect(sizes(scaled(2, spoilt))).toMatchObject({ gtkFonts: 2, panel: 2 });
  });

  test("works where nothing is set yet", () => {
    expect(sizes(scaled(2, xfconf({})))).toMatchObject({ gtkFonts: 2, others: 2, pointer: 2 });
  });
});
