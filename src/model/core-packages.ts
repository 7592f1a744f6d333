/**
 * Debian packages that Kasmix itself needs in every image: init, runtime, display server, desktop, sound and what
 * the clipboard and window tools need. A workspace names only what it adds. Sorted; recommended packages are
 * not installed, so some that others recommend are named here.
 */
export const CORE_PACKAGES: readonly string[] = [
  "adwaita-icon-theme",
  "adwaita-icon-theme-legacy", // full-colour icons of applications and places, which Adwaita itself no longer has
  "bash",
  "ca-certificates",
  "coreutils",
  "dbus",
  "dbus-x11", // the session bus without systemd; without it apt takes dbus-user-session
  "desktop-file-utils",
  "fonts-dejavu-core",
  "hicolor-icon-theme",
  "libnss-wrapper", // gives a name to the arbitrary user ids of Kubernetes and OpenShift
  "libopus0", // sound-encoder (nix/sound) is linked with it, with libpulse0 and libtwolame0
  "libpulse0",
  "librsvg2-common", // GTK shows no SVG icon without it
  "libtwolame0",
  "locales", // sources of the locales, which are compiled at the start (src/runtime/boot/locale.ts)
  "nodejs",
  "openssl",
  "procps",
  "pulseaudio",
  "pulseaudio-utils",
  "thunar",
  "tigervnc-standalone-server",
  "tini",
  "tzdata",
  "wmctrl",
  "x11-utils",
  "x11-xserver-utils",
  "xauth",
  "xclip",
  "xdg-utils",
  "xfce4-panel",
  "xfce4-session",
  "xfce4-settings",
  "xfce4-terminal",
  "xfconf",
  "xfdesktop4",
  "xfwm4",
];
