import type { PackageName } from "../model/basic-types.ts";
import type { ImageFile } from "../model/types.ts";

/** What gives the programs of one version of Qt the desktop's look. */
export interface QtLook {
  readonly packages: readonly PackageName[];
  readonly environment: Readonly<Record<string, string>>;
  readonly files: readonly ImageFile[];
}

/**
 * Light and dark, by the roles of Qt's palette in their order: those of GTK's own theme, but fields are darker in the dark,
 * since Qt's borders are faint there.
 */
const COLOURS = {
  WindowText: ["#2e3436", "#eeeeec"],
  Button: ["#f6f5f4", "#353535"],
  Light: ["#ffffff", "#4a4a4a"],
  Midlight: ["#fbfafa", "#404040"],
  Dark: ["#b6b0aa", "#1b1b1b"],
  Mid: ["#cdc7c2", "#282828"],
  Text: ["#2e3436", "#eeeeec"],
  BrightText: ["#ffffff", "#ffffff"],
  ButtonText: ["#2e3436", "#eeeeec"],
  Base: ["#ffffff", "#222222"],
  Window: ["#f6f5f4", "#353535"],
  Shadow: ["#77726d", "#141414"],
  Highlight: ["#3584e4", "#15539e"],
  HighlightedText: ["#ffffff", "#ffffff"],
  Link: ["#1b6acb", "#62a0ea"],
  LinkVisited: ["#15539e", "#99c1f1"],
  AlternateBase: ["#fafafa", "#282828"],
  NoRole: ["#000000", "#000000"],
  ToolTipBase: ["#2b2b2b", "#191919"],
  ToolTipText: ["#ffffff", "#ffffff"],
  PlaceholderText: ["#8b8e8f", "#919190"],
  Accent: ["#3584e4", "#3584e4"],
} as const;

/** Of what cannot be used. */
const DISABLED: Readonly<Record<string, readonly [string, string]>> = {
  WindowText: ["#929595", "#919190"],
  Text: ["#929595", "#919190"],
  ButtonText: ["#929595", "#919190"],
  Base: ["#faf9f8", "#2d2d2d"],
  Highlight: ["#cdc7c2", "#4a4a4a"],
  HighlightedText: ["#fbfafa", "#919190"],
  Accent: ["#cdc7c2", "#4a4a4a"],
};

/** Qt's programs in the desktop's look, light and dark as its theme (src/runtime/session/look/qt.ts). */
export const QT5 = qtLook("qt5ct", "50,0,0,0,0,0");
export const QT6 = qtLook("qt6ct", "400,0,0,0,0,0,0,0,0,0,0,1");

/** `font` is what follows a font's size where this version of Qt writes one. */
function qtLook(program: "qt5ct" | "qt6ct", font: string): QtLook {
  const folder = `/usr/share/${program}/colors`;
  const settings = [
    "[Appearance]",
    `color_scheme_path=${folder}/Kasmix.conf`,
    "custom_palette=true",
    "icon_theme=elementary-xfce",
    "style=Fusion",
    "[Fonts]",
    `fixed="Monospace,10,-1,5,${font}"`,
    `general="Sans,10,-1,5,${font}"`,
    "",
  ];
  return {
    packages: [program],
    // Both have this name.
    environment: { QT_QPA_PLATFORMTHEME: "qt5ct" },
    files: [
      { path: `/etc/xdg/${program}/${program}.conf`, text: settings.join("\n") },
      { path: `${folder}/Kasmix.conf`, text: renderColours(program, 0) },
      { path: `${folder}/Kasmix-dark.conf`, text: renderColours(program, 1) },
    ],
  };
}

/** Both refuse a list with more or fewer roles than their version of Qt has. */
function renderColours(program: string, scheme: 0 | 1): string {
  const roles = Object.entries(COLOURS).filter(([role]) => program === "qt6ct" || role !== "Accent");
  const usual = roles.map(([, colours]) => colours[scheme]).join(", ");
  const disabled = roles.map(([role, colours]) => (DISABLED[role] ?? colours)[scheme]).join(", ");
  return `[ColorScheme]\nactive_colors=${usual}\ninactive_colors=${usual}\ndisabled_colors=${disabled}\n`;
}
