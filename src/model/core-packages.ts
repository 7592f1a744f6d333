/**
 * Debian packages that Kasmix itself needs in every image: init, runtime, display server, desktop, sound and what
 * the clipboard and window tools need. A workspace names only what it adds. Sorted; recommended packages are
 * not installed, so a few are named here that others merely recommend.
 */
export const CORE_PACKAGES: readonly string[] = [
  "adwaita-icon-theme",
  "adwaita-icon-theme-legacy", // full-colour icons of applications and places, which Adwaita itself has given up
  "bash",
  "ca-certificates",
  "coreutils",
  "dbus",
  "dbus-x11", // the session bus without systemd: else dbus-user-session comes in
  "desktop-file-utils",
  "fonts-dejavu-core",
  "hicolor-icon-theme",
  "libnss-wrapper", // gives a name to the arbitrary user ids of Kubernetes and OpenShift
  "libopus0", // what sound-encoder loads (nix/sound), as the two below
  "libpulse0",
  "librsvg2-common", // GTK shows no SVG icon without it
  "libtwolame0",
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
