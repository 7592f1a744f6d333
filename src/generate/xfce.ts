import { array, bool, double, group, int, renderChannel, type Settings, text, uint } from "./xfconf.ts";

/**
 * The system-wide defaults of XFCE, as files below /etc/xdg: channel files by path. They stand there and not in the
 * home, so that a newer image brings newer ones to everybody who has not changed them.
 */
export function renderXfceDefaults(workspace: string): Readonly<Record<string, string>> {
  const channels = {
    "xfce4-desktop": DESKTOP,
    "xfce4-panel": PANEL,
    "xfce4-session": SESSION,
    xfwm4: WINDOWS,
    xsettings: LOOK,
  };
  return Object.fromEntries(
    Object.entries(channels).map(([channel, settings]) => [
      `/etc/xdg/xfce4/xfconf/xfce-perchannel-xml/${channel}.xml`,
      renderChannel(channel, settings, workspace),
    ]),
  );
}

/** A gradient without an image: cheap to send, and it looks like a desktop. Only the apps' icons on it. */
const DESKTOP: Settings = {
  backdrop: group({
    screen0: group({
      // The name that Xtigervnc gives its one screen.
      "monitorVNC-0": group({
        workspace0: group({
          "color-style": int(2),
          "image-style": int(0),
          rgba1: colour(0.16, 0.31, 0.47),
          rgba2: colour(0.07, 0.13, 0.22),
        }),
      }),
    }),
    "single-workspace-mode": bool(true),
    "single-workspace-number": int(0),
  }),
  "desktop-icons": group({
    "file-icons": group({
      "show-filesystem": bool(false),
      "show-home": bool(false),
      "show-removable": bool(false),
      "show-trash": bool(false),
    }),
    "icon-size": uint(48),
    "show-thumbnails": bool(false),
    style: int(2),
  }),
};

/** One panel along the bottom edge. That it is configured keeps the question of a first start away. */
const PANEL: Settings = {
  configver: int(2),
  panels: array([int(1)], {
    "dark-mode": bool(true),
    "panel-1": group({
      "icon-size": uint(16),
      length: uint(100),
      "plugin-ids": array([int(1), int(2), int(3), int(4), int(5)]),
      // The lower left corner; with full length, the lower edge.
      position: text("p=8;x=0;y=0"),
      "position-locked": bool(true),
      size: uint(30),
    }),
  }),
  plugins: group({
    "plugin-1": text("applicationsmenu", { "show-tooltips": bool(false) }),
    "plugin-2": text("tasklist", { grouping: uint(0) }),
    "plugin-3": text("separator", { expand: bool(true), style: uint(0) }),
    "plugin-4": text("systray", { "square-icons": bool(true) }),
    "plugin-5": text("clock", {
      "digital-layout": uint(3),
      "digital-time-format": text("%R"),
      mode: uint(2),
    }),
  }),
};

/** Nothing is saved at the end, no agents: each boot begins with the same programs. */
const SESSION: Settings = {
  compat: group({ LaunchGNOME: bool(false), LaunchKDE: bool(false) }),
  general: group({
    AutoSave: bool(false),
    FailsafeSessionName: text("Failsafe"),
    LockCommand: text(""),
    PromptOnLogout: bool(false),
    SaveOnExit: bool(false),
    SessionName: text("Default"),
  }),
  sessions: group({ Failsafe: group(failsafe(["xfwm4", "xfsettingsd", "xfce4-panel", "xfdesktop"])) }),
  shutdown: group({ LockScreen: bool(false), ShowHibernate: bool(false), ShowSuspend: bool(false) }),
  startup: group({
    "gpg-agent": group({ enabled: bool(false) }),
    "ssh-agent": group({ enabled: bool(false) }),
  }),
};

/** No compositing: with it every frame would be drawn twice and sent as changed. */
const WINDOWS: Settings = {
  general: group({
    theme: text("Default"),
    title_font: text("Sans Bold 10"),
    use_compositing: bool(false),
    vblank_mode: text("off"),
    workspace_count: int(1),
  }),
};

/** Grey anti-aliasing, since coloured fringes neither compress nor fit an unknown screen. */
const LOOK: Settings = {
  Gtk: group({
    CursorThemeName: text("Adwaita"),
    CursorThemeSize: int(24),
    DecorationLayout: text("menu:minimize,maximize,close"),
    FontName: text("Sans 10"),
    MonospaceFontName: text("Monospace 10"),
  }),
  Net: group({
    EnableEventSounds: bool(false),
    EnableInputFeedbackSounds: bool(false),
    IconThemeName: text("Adwaita"),
    ThemeName: text("Adwaita"),
  }),
  Xft: group({
    Antialias: int(1),
    DPI: int(96),
    HintStyle: text("hintslight"),
    Hinting: int(1),
    RGBA: text("none"),
  }),
};

/** What xfce4-session starts, in this order. */
function failsafe(programs: readonly string[]): Settings {
  const clients = programs.flatMap((program, index) => [
    [`Client${index}_Command`, array([text(program)])] as const,
    [`Client${index}_PerScreen`, bool(false)] as const,
    [`Client${index}_Priority`, int(15 + 5 * index)] as const,
  ]);
  return { ...Object.fromEntries(clients), Count: int(programs.length), IsFailsafe: bool(true) };
}

function colour(red: number, green: number, blue: number) {
  return array([red, green, blue, 1].map(double));
}
